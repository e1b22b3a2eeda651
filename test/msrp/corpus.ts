import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { MsrpAssembler, MsrpStreamDecoder } from "../../src/core/protocols/msrp/index.js";
import type { MsrpFrame } from "../../src/core/protocols/msrp/types.js";

const DIR = new URL("../data/msrp/", import.meta.url);

export interface IndexFrame {
	offset: number;
	length: number;
	kind: string;
	transactionId: string;
	method?: string;
	status?: string;
	comment?: string | null;
	complete: boolean;
	flag: string | null;
	error?: string;
	onlyAtEndOfStream?: boolean;
	headers?: [string, string][];
	headerNames?: string[];
	headerCount?: number;
	body: { offset: number; length: number; sha256: string } | null;
}

export interface IndexFile {
	file: string;
	title: string;
	class: string;
	size: number;
	sha256: string;
	bytesConsumedWhileOpen: number;
	bytesConsumedAtEndOfStream: number;
	framesWhileOpen: number;
	frames: IndexFrame[];
	skipped: { offset: number; length: number }[];
	messages: {
		messageId: string;
		state: string;
		chunks: [number | string, number | string, string][];
		totalOctets?: number;
		sha256?: string;
	}[];
	diagnostics: { id: string; severity: string; offset: number | null; frame: number | null }[];
}

export interface Conversation {
	name: string;
	streamA?: { file: string; sha256: string };
	streamB?: { file: string; sha256: string };
	closeAtMs?: number;
	steps: { atMs: number; from: "A" | "B"; offset: number; length: number }[];
	conversationDiagnostics: { id: string; step: number | null }[];
}

export const INDEX = JSON.parse(readFileSync(new URL("index.json", DIR), "utf8")) as { files: IndexFile[]; conversations: Conversation[] };

export function read(file: string): Buffer {
	return readFileSync(new URL(file, DIR));
}

export function readConversation(file: string): Buffer {
	return readFileSync(new URL(`conversations/${file}`, DIR));
}

export function sha256(octets: Buffer): string {
	return createHash("sha256").update(octets).digest("hex");
}

/** A frame as the index describes it; `kept` is its body as the sink got it. */
function describe(frame: MsrpFrame, streamed: Buffer): IndexFrame {
	const body =
		frame.complete && frame.bodyOffset >= 0
			? { offset: frame.offset + frame.bodyOffset, length: frame.bodyLength, sha256: sha256(streamed) }
			: null;
	return {
		offset: frame.offset,
		length: frame.length,
		kind: frame.kind,
		transactionId: frame.transactionId,
		...(frame.kind === "request" ? { method: frame.method } : { status: String(frame.status), comment: frame.comment }),
		complete: frame.complete,
		flag: frame.flag === "" ? null : frame.flag,
		headers: frame.headers.map(({ name, value }) => [name, value]),
		body,
	};
}

export interface Run {
	consumedWhileOpen: number;
	consumedAtEnd: number;
	framesWhileOpen: number;
	frames: IndexFrame[];
	skipped: { offset: number; length: number }[];
	messages: unknown[];
	diagnostics: { id: string; offset: number | null; frame: number | null }[];
	/** every event with its problems' lengths and details, for comparing one cut with another */
	log: string[];
}

/** Decodes a stream cut into pieces of the given sizes (the last one repeats). */
export function run(stream: Buffer, cuts: readonly number[]): Run {
	const out: Run = {
		consumedWhileOpen: 0,
		consumedAtEnd: 0,
		framesWhileOpen: 0,
		frames: [],
		skipped: [],
		messages: [],
		diagnostics: [],
		log: [],
	};
	const assembler = new MsrpAssembler();
	const bodies = new Map<MsrpFrame, Buffer[]>();
	const messages = new Map<string, { messageId: string; state: string; chunks: unknown[]; totalOctets?: unknown; sha256?: string }>();
	const decoder = new MsrpStreamDecoder({
		body: (frame, buf, start, end) => {
			const list = bodies.get(frame) ?? [];
			list.push(Buffer.from(buf.subarray(start, end)));
			bodies.set(frame, list);
		},
		frame: (frame) => {
			const index = out.frames.length;
			const streamed = Buffer.concat(bodies.get(frame) ?? []);
			out.frames.push(describe(frame, streamed));
			const assembly = assembler.add(frame, index);
			const problems = [...(frame.problems ?? []), ...(assembly?.problems ?? [])];
			for (const { id, offset } of problems) out.diagnostics.push({ id, offset: frame.offset + offset, frame: index });
			const kept =
				frame.bodyOffset < 0
					? ""
					: sha256(frame.bytes.subarray(frame.start + frame.bodyOffset, frame.start + frame.bodyOffset + frame.bodyKept));
			out.log.push(JSON.stringify([describe(frame, streamed), frame.bodyLength, frame.bodyKept, kept, frame.end - frame.start, problems]));
			if (assembly === undefined) return;
			const { message } = assembly;
			const record = messages.get(message.messageId);
			if (record !== undefined && record.state !== "incomplete" && assembly.completed === false) return;
			messages.set(message.messageId, {
				messageId: message.messageId,
				state: message.state === "open" ? "incomplete" : message.state,
				chunks: message.chunks.map(({ start, end, flag }) => [exact(start), exact(end), flag]),
				...(message.state === "complete" ? { totalOctets: message.total, sha256: sha256(message.content) } : {}),
			});
		},
		skipped: (offset, length) => {
			out.skipped.push({ offset, length });
			out.log.push(`skipped ${offset} ${length}`);
		},
		problem: (problem) => {
			out.diagnostics.push({ id: problem.id, offset: problem.offset, frame: null });
			out.log.push(JSON.stringify(problem));
		},
	});
	let at = 0;
	for (let i = 0; at < stream.length; i++) {
		const size = Math.max(1, cuts[Math.min(i, cuts.length - 1)] ?? stream.length);
		const end = Math.min(stream.length, at + size);
		// A piece in memory of its own that is destroyed afterwards: nothing lent may be kept.
		const piece = Buffer.concat([Buffer.from("\r\n-------"), stream.subarray(at, end), Buffer.from("$\r\n")]);
		decoder.feed(piece, 9, 9 + end - at);
		piece.fill(0x2a);
		at = end;
	}
	out.consumedWhileOpen = decoder.consumed;
	out.framesWhileOpen = out.frames.length;
	decoder.end();
	out.consumedAtEnd = decoder.consumed;
	for (const { problem } of assembler.close()) out.diagnostics.push({ id: problem.id, offset: null, frame: null });
	out.messages = [...messages.values()];
	return out;
}

function exact(position: number | bigint): number | string {
	return typeof position === "bigint" ? String(position) : position;
}
