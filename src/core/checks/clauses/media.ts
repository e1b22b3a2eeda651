import type { SipEntry } from "../../model/entry.js";
import type { FifoMap } from "../../session/bounded.js";
import { owned, word } from "../../session/text.js";
import type { MediaSaid } from "./types.js";

const TYPES = 64;

/** Keeps what an SDP says of each MSRP end, by its session URI: the last of a=path (RFC 4975 §8.2). */
export function learnMedia(entry: SipEntry, known: FifoMap<string, MediaSaid>): void {
	for (const { msrp } of entry.sdp?.media ?? []) {
		const uri = msrp?.path.at(-1);
		if (msrp === undefined || uri === undefined) continue;
		known.set(owned(uri), {
			entry: entry.number,
			acceptTypes: list(msrp.acceptTypes),
			acceptWrappedTypes: list(msrp.acceptWrappedTypes),
		});
	}
}

function list(types: readonly string[] | undefined): string[] | undefined {
	return types?.slice(0, TYPES).map((type) => word(type.toLowerCase()));
}
