import type { Draft } from "../draft.js";
import type { Act, ProfileBox } from "../profile.js";
import type { Spot } from "../spots.js";
import { counterpartOfCall, counterpartOfTag } from "./leg.js";
import { otherSide, recall } from "./uri-memory.js";

/** `callid *(";" param)` of Replaces and Target-Dialog (RFC 3891 §6.1, RFC 4538 §7). */
const TAG = /;\s*(?:to|from|local|remote)-tag\s*=\s*([^;\s]+)/gi;

/** Other dialogs that a message names are named as the other leg knows them; what the box knows nothing of stays. */
export const mapDialogNames: Act = (draft, box) => {
	for (const [key, part] of [
		["replaces", "Replaces"],
		["target-dialog", "Target-Dialog"],
	] as const) {
		const place = draft.value(key);
		if (place !== undefined) mapDialog(draft, box, place, part, (text) => text);
	}
	for (const spot of draft.addresses("refer-to")) {
		const { uri } = spot;
		const known = recall(box, draft, otherSide(draft.from), "contact", uri.uri.params.length === 0 ? uri : { ...uri, end: uri.paramsEnd });
		if (known !== undefined && uri.hostPort !== undefined)
			draft.replace({ start: uri.start, end: uri.paramsEnd }, known.uri, "Refer-To", "the Contact as it was before the box rewrote it");
		// A header of the URI, so its value is escaped (RFC 3261 §19.1.1).
		const header = /[?&]replaces=([^&>]*)/i.exec(draft.text.slice(uri.paramsEnd, uri.end));
		if (header === null) continue;
		const end = uri.paramsEnd + header.index + header[0].length;
		mapDialog(draft, box, { start: end - header[1]!.length, end }, "Refer-To", encodeURIComponent, unescaped);
	}
};

function mapDialog(
	draft: Draft,
	box: ProfileBox,
	place: Spot,
	part: string,
	write: (text: string) => string,
	read: (text: string) => string | undefined = (text) => text,
): void {
	const value = read(draft.slice(place));
	const call = /^[^;\s]+/.exec(value ?? "")?.[0];
	if (value === undefined || call === undefined) return;
	const there = counterpartOfCall(draft, box, call);
	if (there === undefined) return;
	const tags = value
		.slice(call.length)
		.replace(TAG, (param, tag: string) => param.slice(0, -tag.length) + counterpartOfTag(draft, box, call, tag));
	draft.replace(place, write(there + tags), part, "the dialog as the other leg knows it");
}

/** undefined where an escape is broken, or stands for what is not one octet a character */
function unescaped(text: string): string | undefined {
	return /%(?![0-7][0-9a-f])/i.test(text)
		? undefined
		: text.replace(/%(..)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
