import type { Draft } from "../draft.js";
import { hostText } from "../endpoints.js";
import type { Act, ProfileBox } from "../profile.js";
import type { Side } from "../types.js";
import { otherSide } from "./uri-memory.js";

/** How far the CSeq of a leg is ahead of the other's, by who sends the request. */
const AHEAD: Readonly<Record<Side, number>> = { inside: 100, outside: 200 };
const LAST_CSEQ = 2 ** 31 - 1;

/** Each leg has a Call-ID of its own; those that the box made come back as what they were. */
export function legCallId(prefix: string): Act {
	return (draft, box) => {
		const place = draft.value("call-id");
		if (place === undefined) return;
		const after = counterpart(draft, box, "call-id", draft.slice(place), (value) => madeCallId(draft, box, value, prefix));
		draft.replace(place, after, "Call-ID", "each leg has its own");
	};
}

function madeCallId(draft: Draft, box: ProfileBox, value: string, prefix: string): string {
	const host = prefix === "" ? `@${hostText(box.shown(draft).address)}` : "";
	return `${prefix}${box.token("call-id", draft.from, value)}${host}`;
}

/** What the leg that the message goes to calls a call of this one (with `legCallId("")`); undefined for calls that the box does not carry. */
export function counterpartOfCall(draft: Draft, box: ProfileBox, callId: string): string | undefined {
	const { at } = draft.message;
	const known = box.bindings.get<string>("call-id", `${draft.from}|${callId}`, at);
	if (known !== undefined) return known;
	const made = madeCallId(draft, box, callId, "");
	return box.bindings.get<string>("call-id", `${otherSide(draft.from)}|${made}`, at) === undefined ? undefined : made;
}

/** What that leg calls a tag in it. */
export function counterpartOfTag(draft: Draft, box: ProfileBox, callId: string, value: string): string {
	const { at } = draft.message;
	const known = box.bindings.get<string>("tag", `${draft.from}|${value}`, at);
	const call = box.bindings.get<string>("call-id", `${draft.from}|${callId}`, at) ?? callId;
	return known ?? box.token("tag", draft.from, call, value);
}

/** Each leg has tags of its own. */
export const legTags: Act = (draft, box) => {
	for (const key of ["from", "to"]) {
		for (const spot of draft.addresses(key)) {
			const param = spot.address.params.find(({ name }) => name.toLowerCase() === "tag");
			if (param?.value === undefined || param.value === "") continue;
			const end = spot.start + param.span.end;
			const call = callOf(draft, box);
			const after = counterpart(draft, box, "tag", param.value, (value) => box.token("tag", draft.from, call, value));
			draft.replace({ start: end - param.value.length, end }, after, `${key === "from" ? "From" : "To"} tag`, "each leg has its own");
		}
	}
};

/** Call-ID of the leg on which the call began, whichever leg the message is on. */
function callOf(draft: Draft, box: ProfileBox): string {
	return box.bindings.get<string>("call-id", `${draft.from}|${draft.callId}`, draft.message.at) ?? draft.callId;
}

/** The other leg's value: the original where the box made this one, else a new one that is remembered. */
function counterpart(draft: Draft, box: ProfileBox, kind: "call-id" | "tag", value: string, make: (value: string) => string): string {
	const { at } = draft.message;
	const known = box.bindings.get<string>(kind, `${draft.from}|${value}`, at);
	if (known !== undefined) return known;
	const made = make(value);
	box.bindings.set(kind, `${otherSide(draft.from)}|${made}`, value, at, draft.callId);
	return made;
}

/** Each leg counts its requests itself (RFC 3261 §12.2.1.1); RAck follows (RFC 3262 §7.2). */
export const legCSeq: Act = (draft) => {
	const requester = draft.request ? draft.from : otherSide(draft.from);
	const by = draft.request ? AHEAD[requester] : -AHEAD[requester];
	shift(draft, "cseq", /^\d+/, by, "CSeq");
	if (draft.request) shift(draft, "rack", /(?<=^\d+\s+)\d+/, by, "RAck");
};

function shift(draft: Draft, key: string, digits: RegExp, by: number, part: string): void {
	const place = draft.value(key);
	if (place === undefined) return;
	const found = digits.exec(draft.slice(place));
	if (found === null) return;
	const number = Number(found[0]) + by;
	// Where the number does not fit, both ways leave it alone.
	if (number < 1 || number > LAST_CSEQ || Number(found[0]) > LAST_CSEQ - 2 * AHEAD.outside) return;
	const start = place.start + found.index;
	draft.replace({ start, end: start + found[0].length }, String(number), part, "each leg counts its own requests");
}
