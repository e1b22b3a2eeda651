import { placesOf } from "./places.js";
import type { Unit } from "./types.js";
import { summaryOf } from "./unit.js";

/** Headers that say something about one run or one product, not about the conversation. */
const MUST_DIFFER: ReadonlySet<string> = new Set([
	"via",
	"date",
	"timestamp",
	"content-length",
	"server",
	"user-agent",
	"record-route",
	"route",
	"www-authenticate",
	"proxy-authenticate",
	"authorization",
	"proxy-authorization",
	"authentication-info",
	"warning",
	"max-forwards",
	"byte-range",
]);

export interface Difference {
	/** "status", "Contact", "body" */
	what: string;
	recorded: string;
	live: string;
	/** false: it has to differ from run to run */
	matters: boolean;
}

/** The live value that a recorded one has; undefined when nothing is known of it. */
export type LiveValue = (kind: string, recorded: string) => string | undefined;

/** Values that have to be exactly what was said before: whoever writes another one means somebody or something else. */
const EXACT: ReadonlySet<string> = new Set(["call-id", "tag", "msrp-uri", "imdn-reference", "cpim-uri", "media-proto", "media-setup"]);

/**
 * What differs between a recorded message and the live one that stands for it. Values that belong to one run are left out
 * where they are what `value` makes expect.
 */
export function compareUnits(recorded: Unit, live: Unit, value: LiveValue): Difference[] {
	const found: Difference[] = [];
	const note = (what: string, was: string, is: string, matters: boolean): void => {
		if (was !== is) found.push({ what, recorded: was, live: is, matters });
	};
	note(isAnswer(recorded) ? "status" : "method", summaryOf(recorded), summaryOf(live), true);
	const before = masked(recorded, value);
	const now = masked(live, undefined);
	const was = headers(recorded, before);
	const is = headers(live, now);
	for (const key of new Set([...was.keys(), ...is.keys()]))
		note(key, was.get(key) ?? "(absent)", is.get(key) ?? "(absent)", !MUST_DIFFER.has(key));
	note("body", body(recorded, before), body(live, now), true);
	return found;
}

function isAnswer(unit: Unit): boolean {
	return (unit.protocol === "sip" ? unit.sip : unit.msrp).kind === "response";
}

/** Values by header, the places in them named instead of shown. */
function headers(unit: Unit, text: Masked): Map<string, string> {
	const view = unit.protocol === "sip" ? unit.sip : unit.msrp;
	const end = unit.protocol === "sip" || view.bodyOffset >= 0 ? text.body : text.text.length;
	const values = new Map<string, string>();
	for (const match of text.text.slice(0, end).matchAll(/^([!-9;-~]+)[ \t]*:[ \t]*((?:.|\r?\n[ \t])*?)[ \t]*\r?$/gm)) {
		const written = match[1]!.toLowerCase();
		const key = view.headers.find((row) => row.name.toLowerCase() === written)?.key ?? written;
		const before = values.get(key);
		values.set(key, before === undefined ? match[2]! : `${before}, ${match[2]}`);
	}
	return values;
}

function body(unit: Unit, { text, body: start }: Masked): string {
	const end = unit.protocol === "msrp" ? text.lastIndexOf("-------") : text.length;
	return start < 0 || end < start ? "" : text.slice(start, end);
}

interface Masked {
	text: string;
	/** where the body begins; -1 when there is none */
	body: number;
}

/** Methods whose answers belong to no dialog, so that the To tag in them leads nowhere (RFC 3261 §8.2.6.2). */
const NO_DIALOG: ReadonlySet<string> = new Set(["REGISTER", "OPTIONS", "PUBLISH"]);

/** The message with a name in place of each value of its run; exact ones as they are expected, or, without `value`, as they stand. */
function masked(unit: Unit, value: LiveValue | undefined): Masked {
	const { bodyOffset } = unit.protocol === "sip" ? unit.sip : unit.msrp;
	const text = unit.octets.toString("latin1");
	let out = "";
	let at = 0;
	let body = bodyOffset < 0 ? -1 : bodyOffset;
	const stray = unit.protocol === "sip" && unit.sip.kind === "response" && NO_DIALOG.has(unit.sip.method);
	for (const { kind, name, start, end, text: own } of placesOf(unit)) {
		const shown = EXACT.has(kind) && !(stray && kind === "tag" && name === "to") ? (value?.(kind, own) ?? own) : `<${kind}>`;
		out += text.slice(at, start) + shown;
		if (bodyOffset >= 0 && end <= bodyOffset) body += shown.length - (end - start);
		at = end;
	}
	return { text: out + text.slice(at), body };
}
