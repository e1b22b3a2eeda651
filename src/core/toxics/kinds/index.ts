import type { ToxicKind } from "../types.js";
import { bandwidth } from "./bandwidth.js";
import { down } from "./down.js";
import { latency } from "./latency.js";
import { limitData } from "./limit-data.js";
import { resetPeer } from "./reset-peer.js";
import { slicer } from "./slicer.js";
import { slowClose } from "./slow-close.js";
import { timeout } from "./timeout.js";

/** All toxics, by name. */
export const TOXICS: ReadonlyMap<string, ToxicKind> = new Map(
	[latency, down, bandwidth, slowClose, timeout, resetPeer, slicer, limitData].map((kind) => [kind.name, kind]),
);
