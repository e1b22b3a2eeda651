import { DEFAULT_LIMITS } from "../model/limits.js";
import { decodeSipDatagram } from "../protocols/sip/index.js";
import { otherSide } from "./acts/uri-memory.js";
import { Bindings } from "./bindings.js";
import { applyEdits } from "./compose.js";
import { Draft } from "./draft.js";
import type { AddressSpot, UriSpot } from "./spots.js";
import type { AlgMessage } from "./types.js";

/** Headers that a response repeats from its request, row by row (RFC 3261 §8.2.6.2, §12.1.1). */
const ECHOED = ["via", "record-route", "cseq"] as const;

type Rows = Record<(typeof ECHOED)[number], string>;

/**
 * The ends of a recorded call, as if the box had been there: each would have written what it had been shown. A recorded
 * message holds the values as they were; `says` puts the rewritten ones in their places where the sender would have
 * repeated them: Request-URI, Route, Call-ID, tags, the other end's From and To, and what a response echoes.
 */
export class Peers {
	readonly #memory = new Bindings();

	/** The message as its sender would have written it. The same octets when nothing was rewritten for that side before. */
	says(message: AlgMessage): Buffer {
		const draft = draftOf(message, message.octets);
		if (draft === undefined) return message.octets;
		const target = draft.requestUri();
		if (target !== undefined) this.#uri(draft, "uri", target);
		for (const key of ["from", "to"]) {
			for (const spot of draft.addresses(key)) {
				this.#uri(draft, (key === "from") === draft.request ? "mine" : "theirs", spot.uri);
				const place = tagPlace(spot);
				const shown = place === undefined ? undefined : this.#recall<string>(draft, `tag|${draft.slice(place)}`);
				if (place !== undefined && shown !== undefined) draft.replace(place, shown, "tag", "as shown");
			}
		}
		for (const spot of draft.addresses("route")) this.#uri(draft, "route", spot.uri);
		const callId = draft.value("call-id");
		const shownCall = this.#recall<string>(draft, `call|${draft.callId}`);
		if (callId !== undefined && shownCall !== undefined) draft.replace(callId, shownCall, "Call-ID", "as shown");
		const echoed = draft.request ? undefined : this.#recall<Rows>(draft, transactionKey(draft));
		if (echoed !== undefined) for (const key of ECHOED) swapRows(draft, key, echoed[key]);
		return applyEdits(message.octets, draft.finish());
	}

	/** `shown` went to the other side in place of the recorded message. */
	saw(message: AlgMessage, shown: Buffer): void {
		if (shown.equals(message.octets)) return;
		const was = draftOf(message, message.octets);
		const is = draftOf(message, shown);
		if (was === undefined || is === undefined) return;
		const reader = otherSide(message.from);
		const keep = (key: string, value: unknown): void => this.#memory.set("contact", `${reader}|${key}`, value, message.at, was.callId);
		const pairs = (kind: string, before: readonly AddressSpot[], after: readonly AddressSpot[]): void => {
			for (const [index, spot] of before.entries()) {
				const other = after[index];
				if (other === undefined) continue;
				const text = is.slice(other.uri);
				if (text !== was.slice(spot.uri)) keep(`${kind}|${essence(was, spot.uri)}`, text);
			}
		};
		pairs("uri", was.addresses("contact"), is.addresses("contact"));
		pairs("route", was.addresses("record-route"), is.addresses("record-route"));
		for (const key of ["from", "to"]) {
			const [before, after] = [was.addresses(key)[0], is.addresses(key)[0]];
			if (before === undefined || after === undefined) continue;
			pairs((key === "from") === was.request ? "theirs" : "mine", [before], [after]);
			const [tag, shownTag] = [tagPlace(before), tagPlace(after)];
			if (tag !== undefined && shownTag !== undefined) keep(`tag|${was.slice(tag)}`, is.slice(shownTag));
		}
		if (is.callId !== was.callId) keep(`call|${was.callId}`, is.callId);
		if (!was.request) return;
		const rows = Object.fromEntries(ECHOED.map((key) => [key, rowsText(is, key)])) as Rows;
		if (ECHOED.some((key) => rows[key] !== rowsText(was, key))) keep(transactionKey(was), rows);
	}

	#uri(draft: Draft, kind: string, uri: UriSpot): void {
		const shown = this.#recall<string>(draft, `${kind}|${essence(draft, uri)}`);
		if (shown !== undefined) draft.replace(uri, shown, kind, "as shown");
	}

	#recall<T>(draft: Draft, key: string): T | undefined {
		return this.#memory.get<T>("contact", `${draft.from}|${key}`, draft.message.at);
	}
}

function draftOf(message: AlgMessage, octets: Buffer): Draft | undefined {
	const sip = decodeSipDatagram(octets, 0, octets.length, message.transport, DEFAULT_LIMITS);
	return sip === undefined ? undefined : new Draft({ ...message, octets }, sip, "peer");
}

function essence(draft: Draft, uri: UriSpot): string {
	return uri.hostPort === undefined ? uri.uri.text : draft.text.slice(uri.start, uri.hostPort.end);
}

function tagPlace(spot: AddressSpot): { start: number; end: number } | undefined {
	const param = spot.address.params.find(({ name }) => name.toLowerCase() === "tag");
	if (param?.value === undefined) return undefined;
	const end = spot.start + param.span.end;
	return { start: end - param.value.length, end };
}

function transactionKey(draft: Draft): string {
	return `transaction|${draft.branch}|${draft.method}`;
}

function rowsText(draft: Draft, key: string): string {
	return draft
		.rows(key)
		.map((row) => draft.slice(row))
		.join("");
}

function swapRows(draft: Draft, key: string, text: string): void {
	const rows = draft.rows(key);
	for (const [index, row] of rows.entries()) draft.replace(row, index === 0 ? text : "", key, "as shown");
}
