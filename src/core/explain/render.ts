import { escapeTerminal } from "../export/escape.js";
import type { Palette } from "../export/palette.js";
import { severityMark } from "../export/severity.js";
import { displayWidth } from "../export/width.js";
import type { Block, Explanation, Part } from "./types.js";

/** For a terminal: sentences wrapped at `width` columns. Ends with a line feed. */
export function explanationText(explanation: Explanation, palette: Palette, width: number): string {
	let out = `${palette.bold(plain(explanation.title))}\n`;
	for (const { title, blocks } of explanation.sections) {
		out += `\n${palette.bold(title)}\n`;
		for (const block of blocks) out += blockText(block, palette, width);
	}
	return out;
}

function blockText(block: Block, palette: Palette, width: number): string {
	if (block.kind === "octets") {
		const before = escapeTerminal(block.before);
		const marked = escapeTerminal(block.marked);
		const line = `      ${before}${marked}${escapeTerminal(block.after)}`;
		const pad = " ".repeat(6 + displayWidth(before));
		return `${line}\n${pad}${palette.severity.note("~".repeat(Math.max(1, displayWidth(marked))))}\n`;
	}
	const indent = block.kind === "point" ? "    - " : "  ";
	const mark = block.kind === "sentence" && block.severity !== undefined ? block.severity : undefined;
	const text = wrap(plain(block.parts), width, mark === undefined ? indent : `  ${severityMark(mark)} `);
	return mark === undefined ? text : `${palette.severity[mark](text.trimEnd())}\n`;
}

/** Lines of at most `width` columns, broken at spaces only; the first begins with `head`, the others with as many spaces. */
function wrap(text: string, width: number, head: string): string {
	const pad = " ".repeat(head.length);
	let out = "";
	let line = head;
	let used = head.length;
	let empty = true;
	for (const word of text.split(" ")) {
		const columns = displayWidth(word);
		if (!empty && used + 1 + columns > width) {
			out += `${line}\n`;
			line = pad;
			used = pad.length;
			empty = true;
		}
		line += empty ? word : ` ${word}`;
		used += columns + (empty ? 0 : 1);
		empty = false;
	}
	return `${out}${line}\n`;
}

function plain(parts: readonly Part[]): string {
	return parts.map((part) => (typeof part === "string" ? part : escapeTerminal(part.wire))).join("");
}

/**
 * For a bug report. Everything from the wire stands in code spans or code blocks whose fences are longer than any run of
 * backticks inside, with control and invisible characters written visibly: nothing of it is read as Markdown, HTML or a mention.
 */
export function explanationMarkdown(explanation: Explanation): string {
	let out = `## ${inline(explanation.title)}\n`;
	for (const { title, blocks } of explanation.sections) {
		out += `\n### ${own(title)}\n\n`;
		let octets: string[] = [];
		const flush = (): void => {
			if (octets.length > 0) out += fenced(octets.join("\n"));
			octets = [];
		};
		for (const block of blocks) {
			if (block.kind === "octets") {
				octets.push(...octetLines(block));
				continue;
			}
			flush();
			const mark = block.kind === "sentence" && block.severity !== undefined ? `**${block.severity}** ` : "";
			out += `${block.kind === "point" ? "  " : ""}- ${mark}${inline(block.parts)}\n`;
		}
		flush();
	}
	return out;
}

function octetLines({ before, marked, after }: Extract<Block, { kind: "octets" }>): string[] {
	const head = escapeTerminal(before);
	const middle = escapeTerminal(marked);
	return [`${head}${middle}${escapeTerminal(after)}`, `${" ".repeat(displayWidth(head))}${"~".repeat(Math.max(1, displayWidth(middle)))}`];
}

function inline(parts: readonly Part[]): string {
	return parts.map((part) => (typeof part === "string" ? own(part) : code(part.wire))).join("");
}

/** Our own words. "#3" would become a link to an issue. */
function own(text: string): string {
	return text.replace(/#(?=\d)/g, "entry ").replace(/[\\`*_<>[\]#|~]/g, "\\$&");
}

/** A code span (CommonMark §6.1). A space at each end is taken off again, so a backtick may stand there. */
function code(text: string): string {
	const safe = escapeTerminal(text);
	if (safe === "") return "(empty)";
	const fence = "`".repeat(longestRun(safe) + 1);
	const space = /^[` ]|[` ]$/.test(safe) ? " " : "";
	return `${fence}${space}${safe}${space}${fence}`;
}

function fenced(text: string): string {
	const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
	return `\n${fence}text\n${text}\n${fence}\n\n`;
}

function longestRun(text: string): number {
	return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
