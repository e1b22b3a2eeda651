import type { Verdict } from "../classify/classifier.js";
import { IM_FIELDS } from "../fields/im.js";
import type { MsrpEntry, SipEntry } from "../model/entry.js";
import { members, writeFields } from "./json-fields.js";
import { JsonWriter } from "./json-writer.js";

const MEMBERS = members(IM_FIELDS);
const KINDS = 256;

/** The members of a verdict as JSON: messages alike share the verdict, so they share its octets. */
const shared = new WeakMap<Verdict, Uint8Array>();
/** Verdicts without models are made anew for each message but say the same few things. */
const simple = new Map<string, Uint8Array>();
const scratch = new JsonWriter(1 << 10);

/** Appends the `im.` fields of IM_FIELDS. */
export function writeVerdict(out: JsonWriter, entry: SipEntry | MsrpEntry, verdict: Verdict): void {
	if (verdict.models.length > 0 || verdict.flags.length > 0 || verdict.divergences.length > 0 || verdict.firings.length !== 1) {
		let octets = shared.get(verdict);
		if (octets === undefined) {
			octets = encode(entry);
			shared.set(verdict, octets);
		}
		out.raw(octets);
		return;
	}
	const { headline, origin, audience, payload, confidence } = verdict;
	const key = `${headline} ${origin} ${audience} ${payload} ${confidence} ${verdict.truthHeadline} ${verdict.firings[0]!.rule} ${verdict.conversation?.uri}`;
	let octets = simple.get(key);
	if (octets === undefined) {
		octets = encode(entry);
		if (simple.size < KINDS) simple.set(key, octets);
	}
	out.raw(octets);
}

function encode(entry: SipEntry | MsrpEntry): Uint8Array {
	writeFields(scratch, entry, MEMBERS);
	return Uint8Array.from(Buffer.from(scratch.text(), "utf8"));
}
