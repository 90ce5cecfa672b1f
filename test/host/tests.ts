/** All tests that need a workspace of one folder, in one bundle that mocha loads. */
import "./completion.test.ts";
import "./commands.test.ts";
import "./contextInspector.test.ts";
import "./repository.test.ts";
import "./encodings.test.ts";
import "./engineFaults.test.ts";
import "./models.test.ts";
import "./modelCatalog.test.ts";
import "./editsReview.test.ts";
import "./editsFix.test.ts";
import "./editsTasks.test.ts";
import "./editsCommitMessage.test.ts";
import "./chatModels.test.ts";
import "./noSockets.test.ts";
import "./participant.test.ts";
