// The floor: reads a capture and counts its packets.
import { openCapture } from "../dist/shell/capture/open-capture.js";

const reader = await openCapture(process.argv[2]);
let packets = 0;
for await (const batch of reader.batches()) for (const _ of batch) packets++;
if (packets === 0) process.exit(1);
