import type { Draft } from "../draft.js";
import { shortText } from "../endpoints.js";
import type { Act, ProfileBox } from "../profile.js";
import type { Spot } from "../spots.js";
import type { Side } from "../types.js";
import { otherSide } from "./uri-memory.js";

/** What a request had that its response must have again: rows as they stood. */
interface Kept {
	vias: string;
	recordRoutes: string;
}

/** The Via row that the box writes for itself, line end included. */
export function ownViaRow(draft: Draft, box: ProfileBox, prefix: string): string {
	const transport = draft.message.transport.toUpperCase();
	return `Via: SIP/2.0/${transport} ${shortText(box.shown(draft))};branch=z9hG4bK${prefix}${box.token("via", draft.from, draft.branch, firstSentBy(draft))}\r\n`;
}

function firstSentBy(draft: Draft): string {
	const top = draft.vias()[0];
	return top === undefined ? "" : draft.slice(top.sentBy);
}

/** All Via and Record-Route rows are taken away and kept; responses get them back. */
export const stripVias: Act = (draft, box) => {
	const rows = draft.rows("via");
	const routes = draft.rows("record-route");
	const { at } = draft.message;
	if (draft.request) {
		const own = ownViaRow(draft, box, "tp-");
		const branch = /branch=(\S+)/.exec(own)![1]!;
		const kept: Kept = { vias: text(draft, rows), recordRoutes: text(draft, routes) };
		box.bindings.set("transaction", transactionKey(draft.from, branch, draft.method), kept, at, draft.callId);
		swap(draft, rows, own, "Via", "the box's own Via alone");
		for (const row of routes) draft.replace(row, "", "Record-Route", "kept by the box");
		return;
	}
	const kept = box.bindings.get<Kept>("transaction", transactionKey(otherSide(draft.from), draft.branch, draft.method), at);
	if (kept === undefined) return;
	const back = draft.sip.status > 100 && draft.sip.status < 300 ? kept.recordRoutes : "";
	swap(draft, rows, kept.vias, "Via", "as in the request");
	swap(draft, routes, back, "Record-Route", "as in the request");
};

function transactionKey(requester: Side, branch: string, method: string): string {
	return `${requester}|${branch}|${method}`;
}

function text(draft: Draft, rows: readonly Spot[]): string {
	return rows.map((row) => draft.slice(row)).join("");
}

/** The first row becomes `after`, the others go; without rows `after` comes first in the head. */
function swap(draft: Draft, rows: readonly Spot[], after: string, part: string, why: string): void {
	if (rows.length === 0 && after !== "") draft.insert(draft.firstRow, after, part, why);
	for (const [index, row] of rows.entries()) draft.replace(row, index === 0 ? after : "", part, why);
}

/** Route values for requests that go back to who sent this message: RFC 3261 §12.1. */
export function routesBack(draft: Draft): readonly string[] {
	const routes = draft.addresses("record-route").map((spot) => draft.slice(spot));
	return draft.request ? routes : routes.reverse();
}
