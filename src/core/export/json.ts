import { CPIM_FIELDS, PAYLOAD_FIELDS } from "../fields/content.js";
import { EVENT_FIELDS } from "../fields/event.js";
import { MSRP_FIELDS, MSRP_HEADER_FIELDS } from "../fields/msrp.js";
import { SIP_HEADER_FIELDS } from "../fields/sip.js";
import { DIAGNOSTICS } from "../model/diagnostics/index.js";
import type { Entry } from "../model/entry.js";
import type { Problem } from "../model/problem.js";
import { members, writeFields } from "./json-fields.js";
import { writeFrame } from "./json-frame.js";
import { HeaderWriter } from "./json-headers.js";
import { PLAIN_SDP_FIELDS, writeMedia } from "./json-sdp.js";
import { writeSip } from "./json-sip.js";
import { jsonString } from "./json-string.js";
import { writeVerdict } from "./json-verdict.js";
import { JsonWriter, memberPrefix } from "./json-writer.js";
import { rewritingJson } from "./rewriting.js";

const SDP = members(PLAIN_SDP_FIELDS);
const MSRP = members(MSRP_FIELDS);
const CPIM = members(CPIM_FIELDS);
/** by kind of payload: most fields belong to one kind only */
const PAYLOAD = new Map(
	PAYLOAD_FIELDS.map(({ kind }) => [kind, members(PAYLOAD_FIELDS.filter((field) => field.kind === undefined || field.kind === kind))]),
);
const NO_KIND = PAYLOAD.get(undefined)!;
const EVENT = members(EVENT_FIELDS);
const SIP_HEADERS = new HeaderWriter("sip.other", SIP_HEADER_FIELDS);
const MSRP_HEADERS = new HeaderWriter("msrp.other", MSRP_HEADER_FIELDS);
const BODY = memberPrefix("body");
const OCTETS = memberPrefix("octets");
const PROBLEMS = memberPrefix("problems");
const REWRITTEN = memberPrefix("rewritten");
const END = Uint8Array.from([0x7d, 0x0a]);

export interface JsonOptions {
	/** 1: with the body as text; 2: and all kept octets in base64 */
	verbosity: number;
}

/** Appends one entry as one line of JSON with its line feed. The schema is docs/schema/entry.schema.json. */
export function writeJsonEntry(out: JsonWriter, entry: Entry, verbosity: number): void {
	writeFrame(out, entry);
	switch (entry.protocol) {
		case "sip":
			writeSip(out, entry.sip);
			SIP_HEADERS.write(out, entry.sip.headers, entry.sip.bytes, entry.sip.start);
			if (entry.sdp) {
				writeFields(out, entry, SDP);
				writeMedia(out, entry);
			}
			break;
		case "msrp":
			writeFields(out, entry, MSRP);
			MSRP_HEADERS.write(out, entry.msrp.headers, entry.msrp.bytes, entry.msrp.start);
			break;
		default:
			writeFields(out, entry, EVENT);
	}
	if (entry.protocol === "sip" || entry.protocol === "msrp") {
		if (entry.cpim) writeFields(out, entry, CPIM);
		if (entry.payload) writeFields(out, entry, PAYLOAD.get(entry.payload.kind) ?? NO_KIND);
		if (entry.verdict) writeVerdict(out, entry, entry.verdict);
		if (verbosity > 0) writeOctets(out, entry.protocol === "sip" ? entry.sip : entry.msrp, verbosity);
	}
	if (entry.rewritten !== undefined) {
		out.raw(REWRITTEN);
		writeJson(out, JSON.stringify(rewritingJson(entry)));
	}
	if (entry.problems.length > 0) {
		out.raw(PROBLEMS);
		out.openArray();
		for (let at = 0; at < entry.problems.length; at++) {
			if (at > 0) out.comma();
			writeJson(out, `{${problemMembers(entry.problems[at]!)}}`);
		}
		out.closeArray();
	}
	out.raw(END);
}

const single = new JsonWriter(16 << 10);

/** One entry as one line of JSON with its line feed. For many of them `writeJsonEntry` is the fast way. */
export function jsonEntry(entry: Entry, options: JsonOptions = { verbosity: 0 }): string {
	writeJsonEntry(single, entry, options.verbosity);
	return single.text();
}

/** A finding that came after its entry was written. */
export function jsonLate(entryNumber: number, problem: Problem): string {
	return `{"event":"late-problem","entry":${entryNumber},${problemMembers(problem)}}\n`;
}

/** A finding about the capture itself; its offset counts octets of the file. */
export function jsonCaptureProblem(problem: Problem): string {
	return `{"event":"capture-problem",${problemMembers(problem)}}\n`;
}

interface Octets {
	bytes: Buffer;
	start: number;
	end: number;
	bodyOffset: number;
	bodyKept: number;
}

function writeOctets(out: JsonWriter, frame: Octets, verbosity: number): void {
	if (frame.bodyOffset >= 0 && frame.bodyKept > 0) {
		const from = frame.start + frame.bodyOffset;
		out.raw(BODY);
		out.string(frame.bytes.toString("utf8", from, from + frame.bodyKept));
	}
	if (verbosity < 2) return;
	out.raw(OCTETS);
	out.string(frame.bytes.toString("base64", frame.start, frame.end));
}

/** Text that is JSON already and may hold any character. */
function writeJson(out: JsonWriter, json: string): void {
	out.raw(Buffer.from(json, "utf8"));
}

function problemMembers(problem: Problem): string {
	const { severity, clause } = DIAGNOSTICS[problem.id];
	const detail = problem.detail === undefined ? "" : `,"detail":${jsonString(problem.detail)}`;
	return `"id":"${problem.id}","severity":"${severity}","offset":${problem.offset},"length":${problem.length},"clause":${jsonString(clause)}${detail}`;
}
