/** All tests that need a workspace of several folders, in one bundle that mocha loads. */
import "./severalFolders.test.ts";
