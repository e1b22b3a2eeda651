import type { Draft } from "../draft.js";
import type { Act } from "../profile.js";
import type { Spot } from "../spots.js";

/** Octets of an unfragmented UDP payload on Ethernet. */
const FIRST_FRAGMENT = 1472;

/** Every place where the address stands as text becomes the other address; ports stay. What is left out depends on the variant. */
export const replaceText: Act = (draft, box) => {
	const variant = box.names("variant");
	const out = draft.from === "inside";
	if (out) box.heard(draft);
	const inside = out ? draft.message.source : variant.has("h") ? box.lastInside : box.insideOf(draft);
	if (inside === undefined) return;
	if (!out) draft.nextHop = inside;
	if (variant.has("c") && !draft.request) return;
	draft.staleLength = variant.has("a");
	const [from, to] = out ? [inside.address, box.outside.address] : [box.outside.address, inside.address];
	const stop = variant.has("b") && draft.message.transport === "udp" ? FIRST_FRAGMENT : Number.POSITIVE_INFINITY;
	for (const region of regions(draft, out || variant.has("f"), variant.has("d"))) {
		for (let at = draft.text.indexOf(from, region.start); at >= 0 && at + from.length <= Math.min(region.end, stop); ) {
			const end = at + from.length;
			if (variant.has("g") || stands(draft.text, at, end)) {
				draft.replace({ start: at, end }, to, `text ${at < draft.bodyStart ? "in the head" : "in the body"}`, "the address stands there");
			}
			at = draft.text.indexOf(from, end);
		}
	}
};

/** The address is not part of a longer one. */
function stands(text: string, start: number, end: number): boolean {
	return !/[\d.]/.test(text[start - 1] ?? "") && !/^(?:\d|\.\d)/.test(text.slice(end, end + 2));
}

/** What is searched: the head, or its rows with long names; of bodies only SDP on the way in, never CPIM. */
function regions(draft: Draft, bodies: boolean, longNames: boolean): Spot[] {
	const body = { start: draft.bodyStart, end: draft.text.length };
	const head = { start: 0, end: body.start };
	const compact = longNames ? draft.compactRows() : [];
	const found: Spot[] = [];
	let at = head.start;
	for (const row of compact) {
		found.push({ start: at, end: row.start });
		at = row.end;
	}
	found.push({ start: at, end: head.end });
	const type = draft.sip.get("content-type") ?? "";
	const sdp = /^\s*application\/sdp\b/i.test(type);
	if (sdp || (bodies && !/cpim/i.test(type) && !/^\s*multipart\//i.test(type))) found.push(body);
	return found;
}
