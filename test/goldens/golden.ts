import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { classLabel, divergenceTag } from "../../src/core/export/class-label.js";
import { Summariser } from "../../src/core/export/summary.js";
import type { Entry } from "../../src/index.js";
import { type Connection, Drive } from "../pipeline/drive.js";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Stands for the backslash of an octet in hexadecimal: no text has it. */
const MARK = "\uE000";

type Side = "a" | "b";

type Step =
	| { kind: "data"; connection: string; side: Side; octets: Buffer }
	| { kind: "gap"; connection: string; side: Side; size: number }
	| { kind: "close"; connection: string; side: Side; how: "fin" | "rst" };

interface Ends {
	a: string;
	b: string;
	midStream: boolean;
}

/** One golden: what goes in, step by step, and the log of what comes out. */
export interface Golden {
	file: string;
	title: string;
	connections: Map<string, Ends>;
	steps: Step[];
	log: string;
}

/** All goldens of this folder; README.md says how they are written. */
export function goldens(): Golden[] {
	return readdirSync(folder)
		.filter((name) => name.endsWith(".md") && name !== "README.md")
		.sort()
		.map((name) => parse(name, readFileSync(`${folder}${name}`, "utf8")));
}

function parse(file: string, text: string): Golden {
	const connections = new Map<string, Ends>();
	const steps: Step[] = [];
	let log = "";
	let heading: string[] = [];
	let fence: { kind: string; lines: string[] } | undefined;
	const title = /^# (.+)$/m.exec(text)?.[1];
	if (title === undefined) throw new Error(`${file}: no title`);
	for (const [index, line] of text.split("\n").entries()) {
		const fail = (what: string): never => {
			throw new Error(`${file}:${index + 1}: ${what}`);
		};
		if (fence !== undefined) {
			if (line !== "```") {
				fence.lines.push(line);
				continue;
			}
			if (fence.kind === "log") log = fence.lines.join("\n");
			else {
				const [connection = "", from] = heading;
				if (!connections.has(connection) || (from !== "a" && from !== "b")) fail("octets without a heading like '## call a → b'");
				const octets = fence.kind === "hex" ? Buffer.from(fence.lines.join("").replace(/\s/g, ""), "hex") : wire(fence.lines);
				steps.push({ kind: "data", connection, side: from as Side, octets });
			}
			fence = undefined;
			continue;
		}
		const opened = /^```(\w*)$/.exec(line);
		if (opened) fence = { kind: opened[1] ?? "", lines: [] };
		const declared = /^- (\w+): (\S+) → (\S+)( \(mid-stream\))?$/.exec(line);
		if (declared) connections.set(declared[1]!, { a: declared[2]!, b: declared[3]!, midStream: declared[4] !== undefined });
		if (line.startsWith("## ")) heading = line.slice(3).split(/[ →]+/);
		const gap = /^Gap of (\d+) octets\.$/.exec(line);
		if (gap) steps.push({ kind: "gap", connection: heading[0]!, side: heading[1] as Side, size: Number(gap[1]) });
		const close = /^Closed by (fin|rst)\.$/.exec(line);
		if (close) steps.push({ kind: "close", connection: heading[0]!, side: heading[1] as Side, how: close[1] as "fin" | "rst" });
	}
	return { file, title, connections, steps, log };
}

/** Lines as they are read: each ends with CRLF, or with nothing after a backslash; \xNN, \n and \\ are octets. */
function wire(lines: readonly string[]): Buffer {
	return Buffer.concat(
		lines.map((line) => {
			const open = /(?:^|[^\\])\\$/.test(line);
			const text = (open ? line.slice(0, -1) : line).replace(/\\(?:x([0-9a-f]{2})|(n)|(\\))/g, (_, hex, feed) =>
				hex !== undefined ? `${MARK}${hex}` : feed ? "\n" : "\\",
			);
			const parts = text
				.split(/(\uE000[0-9a-f]{2})/)
				.map((part) => (part.startsWith(MARK) ? Buffer.from(part.slice(1), "hex") : Buffer.from(part)));
			return Buffer.concat([...parts, Buffer.from(open ? "" : "\r\n")]);
		}),
	);
}

/** How the octets of each step are cut: the sizes of the pieces, given the size of the whole. */
export type Cut = (size: number) => number[];

export const WHOLE: Cut = (size) => [size];
export const OCTETS: Cut = (size) => Array.from({ length: size }, () => 1);

/** The event log of a golden whose octets come in pieces. */
export function run(golden: Golden, cut: Cut): string {
	const open = new Map<string, Connection>();
	const summariser = new Summariser();
	const lines: string[] = [];
	const drive = new Drive({ classify: {} }, (entry) => lines.push(...logOf(entry, [...open.keys()], summariser)));
	for (const step of golden.steps) {
		let connection = open.get(step.connection);
		if (connection === undefined) {
			const { a, b, midStream } = golden.connections.get(step.connection)!;
			connection = drive.connect(a, b, { midStream });
			open.set(step.connection, connection);
		}
		const dir = step.side === "a" ? 0 : 1;
		if (step.kind === "gap") connection.sink.gap(dir, step.size, drive.at());
		else if (step.kind === "close") connection.close(step.side, step.how);
		else {
			let from = 0;
			for (const size of cut(step.octets.length)) {
				connection.send(step.side, Buffer.from(step.octets.subarray(from, from + size)));
				from += size;
			}
		}
	}
	for (const connection of open.values()) connection.close("a", "end-of-capture").close("b", "end-of-capture");
	drive.pipeline.finish();
	return [...lines, ...drive.late.map(({ entry, id }) => `later, on #${entry}: ${id}`)].join("\n");
}

/** One entry: number, connection and direction, octets of the stream [offset, end), what it is; then class and findings. */
function logOf(entry: Entry, names: readonly string[], summariser: Summariser): string[] {
	const name = names[entry.flow.id - 1] ?? "?";
	const way = entry.dir === 0 ? "a→b" : "b→a";
	const { session, dialog, message, answers } = entry.links as Record<string, string | number | undefined>;
	const links = Object.entries({ session, dialog, message, answers }).filter(([, value]) => value !== undefined);
	const linked = links.length === 0 ? "" : `  (${links.map(([key, value]) => `${key} ${value}`).join(", ")})`;
	const lines = [`#${entry.number} ${name} ${way} [${entry.offset}, ${entry.offset + entry.length}) ${summariser.summary(entry)}${linked}`];
	if (entry.verdict !== undefined) {
		const { verdict } = entry;
		const codes = divergenceTag(verdict, false);
		const rules = [...new Set(verdict.firings.map(({ rule }) => rule))].join(" ");
		lines.push(`    class ${classLabel(verdict.headline)}, ${verdict.confidence}${codes === "" ? "" : `, ${codes.trim()}`}: ${rules}`);
	}
	for (const { id, offset, length } of entry.problems)
		lines.push(`    ${id}${offset === undefined ? "" : ` [${offset}, ${offset + (length ?? 0)})`}`);
	return lines;
}

/** Writes the log of a run into the file: for whoever changes what comes out, and reads the difference. */
export function update(golden: Golden): void {
	const path = `${folder}${golden.file}`;
	const text = readFileSync(path, "utf8");
	writeFileSync(
		path,
		text.replace(/```log\n[\s\S]*?```/, () => `\`\`\`log\n${run(golden, WHOLE)}\n\`\`\``),
	);
}
