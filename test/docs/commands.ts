import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** One command of the documentation. */
export interface Command {
	/** "docs/guides/ci.md:12" */
	at: string;
	text: string;
	/** what it needs that a bare machine has not: a peer, or a program that is not ours; undefined: nothing */
	peer: string | undefined;
	/** lines that its output has, in this order; "…" stands for anything */
	shows: string[];
}

/** The pages whose commands are run. */
export function pages(): string[] {
	const guides = readdirSync(join(root, "docs/guides")).map((name) => `docs/guides/${name}`);
	return ["README.md", ...guides.filter((name) => name.endsWith(".md")).sort()];
}

/** All commands of a page, in order. Blocks marked `<!-- command -->` are run by .ci/run. */
export function commandsOf(page: string): Command[] {
	const commands: Command[] = [];
	let fence: string | undefined;
	let mark = "";
	/** commands of the block before, which an output block belongs to */
	let last: Command | undefined;
	for (const [index, line] of readFileSync(join(root, page), "utf8").split("\n").entries()) {
		if (line === "```") {
			if (fence === "sh") mark = "";
			fence = undefined;
		} else if (fence === "sh" && mark !== "command") {
			// Words after two spaces and a hash are a comment for readers.
			const text = line.replace(/\s{2,}#.*$/, "").trim();
			if (text === "") continue;
			last = { at: `${page}:${index + 1}`, text, peer: /^peer: (.+)$/.exec(mark)?.[1], shows: [] };
			commands.push(last);
		} else if (fence === "text") {
			if (last === undefined) throw new Error(`${page}:${index + 1}: output of no command`);
			if (line.trim() !== "") last.shows.push(line.trimEnd());
		} else if (fence === undefined) {
			const opened = /^```(\w*)$/.exec(line);
			if (opened) fence = opened[1] === "" ? "other" : opened[1];
			const marked = /^<!-- (.+) -->$/.exec(line);
			if (marked) mark = marked[1]!;
		}
	}
	return commands;
}

/** The words of a command line: quotes are taken away, nothing else is a shell's. */
export function words(text: string): string[] {
	return [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, plain]) => single ?? double ?? plain ?? "");
}

/** The lines that `output` lacks, or does not have in this order. */
export function missing(output: string, shows: readonly string[]): string[] {
	const lines = output.split("\n");
	let from = 0;
	return shows.filter((shown) => {
		const pattern = new RegExp(
			`^${shown
				.split("…")
				.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
				.join(".*")}`,
		);
		const found = lines.findIndex((line, index) => index >= from && pattern.test(line));
		if (found === -1) return true;
		from = found + 1;
		return false;
	});
}
