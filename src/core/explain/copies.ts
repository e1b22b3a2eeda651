import type { Entry } from "../model/entry.js";
import { FifoMap } from "../session/bounded.js";

/** Messages whose copies are recognised. */
const REMEMBERED = 4096;

interface Seen {
	entry: number;
	flow: number;
}

/** Finds the entry of the same message before a proxy or box that it passed. Memory is bounded. */
export class CopyFinder {
	readonly #seen = new FifoMap<string, Seen>(REMEMBERED);

	/** Called once for each entry, in order: the number of the entry of this message on the leg that it came from. */
	of(entry: Entry): number | undefined {
		const key = keyOf(entry);
		if (key === undefined) return undefined;
		const before = this.#seen.get(key);
		// Sent again over the same flow it is a retransmission: the first stays what the other leg's copy is compared with.
		if (before?.flow === entry.flow.id) return undefined;
		this.#seen.set(key, { entry: entry.number, flow: entry.flow.id });
		return before?.entry;
	}
}

/** What boxes leave as it is: the transaction's number, in the session that both legs belong to. */
function keyOf(entry: Entry): string | undefined {
	const { session } = entry.links;
	if (entry.protocol === "msrp") {
		const { msrp } = entry;
		if (session === undefined) return undefined;
		return `${session} ${msrp.transactionId} ${msrp.kind === "request" ? `${msrp.method} ${msrp.messageId}` : msrp.status}`;
	}
	if (entry.protocol !== "sip") return undefined;
	const { sip } = entry;
	const tag = /;\s*tag=([^;,\s]*)/i.exec(sip.get("from") ?? "")?.[1] ?? "";
	const what = sip.kind === "request" ? sip.method : sip.status;
	return `${session ?? sip.get("call-id") ?? ""} ${what} ${sip.get("cseq") ?? ""} ${tag}`;
}
