import type { Headline } from "../../../core/classify/types.js";
import { classLabel, classTone, worstDivergence } from "../../../core/export/class-label.js";
import { escapeTerminal } from "../../../core/export/escape.js";
import type { ClassTone } from "../../../core/export/palette.js";
import { severityOf, worst } from "../../../core/export/severity.js";
import { hostPort } from "../../../core/fields/addresses.js";
import type { Entry, MsrpEntry, SipEntry } from "../../../core/model/entry.js";
import type { Flow } from "../../../core/model/flow.js";
import type { Problem, Severity } from "../../../core/model/problem.js";

/** What lists show of an entry: small, so that 100,000 of them fit. All texts are safe for terminals. */
export interface Row {
	/** of the entry: what rows are told apart by */
	readonly number: number;
	readonly sec: number;
	readonly nsec: number;
	readonly protocol: Entry["protocol"];
	readonly session: string;
	/** "192.0.2.1:5060" */
	readonly from: string;
	readonly to: string;
	/** what fits on an arrow: "INVITE", "200 INVITE", "SEND" */
	readonly short: string;
	/** the whole summary */
	readonly text: string;
	readonly kind: "request" | "response" | "event";
	readonly failed: boolean;
	readonly headline: Headline | undefined;
	/** "DO1 DA1", and the gravest of them */
	readonly codes: string;
	readonly divergence: Severity | undefined;
	/** the worst finding, where it is an error or a warning */
	problem: { id: string; severity: Severity } | undefined;
	/** who changed the message on its way: "A2"; "" for nobody */
	readonly edited: string;
	readonly answers: number;
	/** chunks of one message have the same key; "" where nothing can be folded */
	readonly fold: string;
	/** more chunks of it follow */
	readonly open: boolean;
	/** octets that its entry keeps in memory */
	readonly octets: number;
	/** gone when memory is needed for newer ones */
	entry: Entry | undefined;
	/** generation of the filter that it was tested by last, negative where it did not match */
	tested: number;
}

const ends = new WeakMap<Flow, [string, string]>();

/** `text` is the summary of the entry, which has been retained. */
export function makeRow(entry: Entry, text: string): Row {
	const { flow, verdict } = entry;
	let names = ends.get(flow);
	if (names === undefined) {
		names = [hostPort(flow.a.address, flow.a.port), hostPort(flow.b.address, flow.b.port)];
		ends.set(flow, names);
	}
	const frame = frameOf(entry);
	const chunk = entry.protocol === "msrp" && entry.msrp.kind === "request" && entry.msrp.method === "SEND" ? entry : undefined;
	return {
		number: entry.number,
		sec: entry.at.sec,
		nsec: entry.at.nsec,
		protocol: entry.protocol,
		session: entry.links.session ?? "",
		from: names[entry.dir]!,
		to: names[1 - entry.dir]!,
		short: shortText(entry),
		text,
		kind: frame?.kind ?? "event",
		failed: frame?.kind === "response" && frame.status >= 400,
		headline: verdict?.headline,
		codes: verdict === undefined ? "" : verdict.divergences.map(({ code }) => code).join(" "),
		divergence: verdict === undefined ? undefined : worstDivergence(verdict.divergences),
		problem: problemOf(entry.problems),
		edited: entry.rewritten === undefined ? "" : escapeTerminal([...new Set(entry.rewritten.stages.map(({ by }) => by))].join(" ")),
		answers: entry.links.answers ?? 0,
		fold: chunk?.links.chat === undefined ? "" : `${chunk.links.chat} ${flow.id} ${entry.dir}`,
		open: chunk?.msrp.flag === "+",
		octets: octetsOf(entry),
		entry,
		tested: 0,
	};
}

export function frameOf(entry: Entry): SipEntry["sip"] | MsrpEntry["msrp"] | undefined {
	return entry.protocol === "sip" ? entry.sip : entry.protocol === "msrp" ? entry.msrp : undefined;
}

export function problemOf(problems: readonly Problem[]): Row["problem"] {
	const found = worst(problems);
	if (found === undefined) return undefined;
	const severity = severityOf(found);
	return severity === "error" || severity === "warn" ? { id: found.id, severity } : undefined;
}

/** "SYS" and its family; "" where the row has no class. */
export function classOf({ headline }: Row): { label: string; tone: ClassTone } | undefined {
	return headline === undefined ? undefined : { label: classLabel(headline), tone: classTone(headline) };
}

function octetsOf(entry: Entry): number {
	const frame = frameOf(entry);
	if (frame === undefined) return 256;
	const content = entry.protocol === "msrp" && entry.msrp.flag === "$" ? (entry.message?.content.length ?? 0) : 0;
	return (
		frame.end -
		frame.start +
		(content > frame.end - frame.start ? content : 0) +
		(entry.rewritten === undefined ? 0 : entry.rewritten.before.length * 2)
	);
}

function shortText(entry: Entry): string {
	if (entry.protocol !== "sip" && entry.protocol !== "msrp") return entry.protocol;
	const { payload } = entry;
	const special = payload?.kind === "imdn" ? `IMDN ${payload.status}` : payload?.kind === "composing" ? "composing" : undefined;
	if (entry.protocol === "sip") {
		const { sip } = entry;
		return escapeTerminal(sip.kind === "response" ? `${sip.status} ${sip.method}` : (special ?? sip.method));
	}
	const { msrp } = entry;
	if (msrp.kind === "response") return String(msrp.status);
	if (msrp.method === "REPORT") return escapeTerminal(`REPORT ${(msrp.get("status") ?? "").replace(/^000 /, "").slice(0, 3)}`.trimEnd());
	return escapeTerminal(special ?? msrp.method);
}
