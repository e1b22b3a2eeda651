import { DIAGNOSTICS } from "../model/diagnostics/index.js";
import type { Entry } from "../model/entry.js";
import type { Problem } from "../model/problem.js";
import { CPIM_FIELDS, PAYLOAD_FIELDS } from "./fields/content.js";
import { EVENT_FIELDS } from "./fields/event.js";
import { MSRP_FIELDS, MSRP_HEADER_FIELDS } from "./fields/msrp.js";
import { SDP_FIELDS } from "./fields/sdp.js";
import { SIP_FIELDS, SIP_HEADER_FIELDS } from "./fields/sip.js";
import type { Field, FieldType, FieldValue } from "./fields/types.js";
import { jsonFrame } from "./json-frame.js";
import { type HeaderRow, HeaderWriter } from "./json-headers.js";
import { jsonString, jsonStrings } from "./json-string.js";

interface Writer {
	/** `,"name":` */
	readonly prefix: string;
	readonly type: FieldType;
	readonly get: (entry: never) => FieldValue | undefined;
}

function writers(fields: readonly Field<never>[]): readonly Writer[] {
	return fields.map(({ name, type, get }) => ({ prefix: `,${jsonString(name)}:`, type, get }));
}

const SIP = writers(SIP_FIELDS);
const SDP = writers(SDP_FIELDS);
const MSRP = writers(MSRP_FIELDS);
const CPIM = writers(CPIM_FIELDS);
const PAYLOAD = writers(PAYLOAD_FIELDS);
const EVENT = writers(EVENT_FIELDS);
const SIP_HEADERS = new HeaderWriter("sip.other", SIP_HEADER_FIELDS);
const MSRP_HEADERS = new HeaderWriter("msrp.other", MSRP_HEADER_FIELDS);

export interface JsonOptions {
	/** 1: with the body as text; 2: and all kept octets in base64 */
	verbosity: number;
}

/** One entry as one line of JSON with its line feed. The schema is docs/schema/entry.schema.json. */
export function jsonEntry(entry: Entry, options: JsonOptions = { verbosity: 0 }): string {
	let out = jsonFrame(entry);
	switch (entry.protocol) {
		case "sip":
			out += fieldsOf(entry, SIP) + SIP_HEADERS.write(entry.sip.headers as readonly HeaderRow[]);
			if (entry.sdp) out += fieldsOf(entry, SDP);
			break;
		case "msrp":
			out += fieldsOf(entry, MSRP) + MSRP_HEADERS.write(entry.msrp.headers as readonly HeaderRow[]);
			break;
		default:
			out += fieldsOf(entry, EVENT);
	}
	if (entry.protocol === "sip" || entry.protocol === "msrp") {
		if (entry.cpim) out += fieldsOf(entry, CPIM);
		if (entry.payload) out += fieldsOf(entry, PAYLOAD);
		if (options.verbosity > 0) out += octets(entry.protocol === "sip" ? entry.sip : entry.msrp, options.verbosity);
	}
	if (entry.problems.length > 0) out += `,"problems":${jsonProblems(entry.problems)}`;
	return `${out}}\n`;
}

/** A finding that came after its entry was written. */
export function jsonLate(entryNumber: number, problem: Problem): string {
	return `{"event":"late-problem","entry":${entryNumber},${problemMembers(problem)}}\n`;
}

/** A finding about the capture itself; its offset counts octets of the file. */
export function jsonCaptureProblem(problem: Problem): string {
	return `{"event":"capture-problem",${problemMembers(problem)}}\n`;
}

function fieldsOf(entry: Entry, group: readonly Writer[]): string {
	let out = "";
	for (let at = 0; at < group.length; at++) {
		const writer = group[at]!;
		const value = writer.get(entry as never);
		if (value !== undefined) out += writer.prefix + encode(writer.type, value);
	}
	return out;
}

function encode(type: FieldType, value: FieldValue): string {
	switch (type) {
		case "string":
		case "epoch":
			return jsonString(value as string);
		case "strings":
			return jsonStrings(value as readonly string[]);
		case "integers":
			return `[${(value as readonly number[]).map(number).join(",")}]`;
		case "integer":
			return number(value as number | bigint);
		case "boolean":
			return value === true ? "true" : "false";
	}
}

function number(value: number | bigint): string {
	return typeof value === "bigint" || Number.isFinite(value) ? String(value) : "null";
}

interface Octets {
	bytes: Buffer;
	start: number;
	end: number;
	bodyOffset: number;
	bodyKept: number;
}

function octets(frame: Octets, verbosity: number): string {
	let out = "";
	if (frame.bodyOffset >= 0 && frame.bodyKept > 0) {
		const from = frame.start + frame.bodyOffset;
		out = `,"body":${jsonString(frame.bytes.toString("utf8", from, from + frame.bodyKept))}`;
	}
	return verbosity > 1 ? `${out},"octets":"${frame.bytes.toString("base64", frame.start, frame.end)}"` : out;
}

function jsonProblems(problems: readonly Problem[]): string {
	let out = "";
	for (const problem of problems) out += out === "" ? `{${problemMembers(problem)}}` : `,{${problemMembers(problem)}}`;
	return `[${out}]`;
}

function problemMembers(problem: Problem): string {
	const { severity, clause } = DIAGNOSTICS[problem.id];
	const detail = problem.detail === undefined ? "" : `,"detail":${jsonString(problem.detail)}`;
	return `"id":"${problem.id}","severity":"${severity}","offset":${problem.offset},"length":${problem.length},"clause":${jsonString(clause)}${detail}`;
}
