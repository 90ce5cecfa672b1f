/** An engine's process that has begun a pass on a device, which hangs. Says which process that is; the environment where all is. */
import { openModel } from "../../src/model/modelStore.ts";
import { tokenAt } from "../../src/tokenizer/tokenIds.ts";
import { forkHangingDevice } from "./hangingDevice.ts";
import { openFrom } from "./servedDevice.ts";

const [, , devicePath = "", modelFolder = "", watch = ""] = process.argv;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const device = forkHangingDevice(devicePath, 0, say, watch === "late");
const { manifest } = await openModel(modelFolder);
const backend = await openFrom(device, manifest, undefined, modelFolder);
await backend.forward(backend.createKvCache(4), [tokenAt(1)], 1);
