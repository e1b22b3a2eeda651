import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { differences, mended } from "../../core/breakpoints/difference.js";
import { editMessage } from "../../core/breakpoints/edit.js";
import { BreakpointError } from "../../core/breakpoints/types.js";
import { escapeTerminal, escapeTerminalLines } from "../../core/export/escape.js";
import { DEFAULT_LIMITS } from "../../core/model/limits.js";
import { readUnit, summaryOf } from "../../core/replay/unit.js";
import type { Decision, Gate, Pending } from "../replay/gate.js";
import type { Passed } from "../replay/replay.js";
import { editInEditor } from "../ui/app/editor.js";
import { parseChange } from "../ui/live/change.js";

const HELP = `  Enter          send it; wait on for one that is overdue
  k              skip it, and what belongs to it
  v              view it
  e              edit it in $EDITOR, lengths follow; E: lengths stay as they are written
  text=…         change it: text=…, body=…, start=…, header NAME=…, cpim NAME=…; lengths follow
  c              go on without asking; Enter pauses again
  q              stop
`;
const SHORT = "Enter send, k skip, v view, e edit, c go on, q stop, ? help";

/** Steps through a replay, a line an answer: on a terminal, or from whatever standard input is. When it ends, the run goes on by itself. */
export class Stepper {
	readonly #lines: Interface;
	readonly #output: Writable;
	readonly #editor: string | undefined;
	readonly #typed: string[] = [];
	#ended = false;
	#free = false;
	#told = false;
	#wake: (() => void) | undefined;
	/** One question at a time, where both sides are played. */
	#turn: Promise<unknown> = Promise.resolve();

	constructor(input: Readable, output: Writable, options: { editor?: string | undefined; signal: AbortSignal }) {
		this.#output = output;
		this.#editor = options.editor;
		this.#lines = createInterface({ input, terminal: false });
		this.#lines.on("line", (line) => {
			this.#typed.push(line);
			this.#wake?.();
		});
		const end = (): void => {
			this.#ended = true;
			this.#wake?.();
		};
		this.#lines.on("close", end);
		options.signal.addEventListener("abort", end, { once: true });
	}

	/** For one side; `name` stands before what is said of it. */
	gate(name: string): Gate {
		return (pending) => {
			const answer = this.#turn.then(() => this.#decide(name, pending));
			this.#turn = answer.catch(() => {});
			return answer;
		};
	}

	/** What came is shown between the questions. */
	passed(name: string, { step, sent, octets, protocol }: Passed): void {
		if (sent) return;
		const unit = readUnit(protocol, octets);
		const what = unit === undefined ? `${octets.length} octets` : summaryOf(unit);
		this.#say(`← ${name}${step === undefined ? "unexpected" : `#${step.entry}`} ${what}`);
	}

	close(): void {
		this.#lines.close();
	}

	async #decide(name: string, pending: Pending): Promise<Decision | undefined> {
		if (this.#free && pending.kind === "send" && this.#typed.length === 0) return { kind: "go" };
		// The line that ends going on by itself says no more than that.
		if (this.#free) this.#typed.shift();
		this.#free = false;
		let octets = pending.kind === "send" ? pending.octets : undefined;
		if (pending.kind === "send")
			this.#say(`→ ${name}#${pending.step.entry} ${firstLine(pending.octets)} (${pending.octets.length} octets)`);
		else this.#say(`? ${name}#${pending.step.entry} ${pending.step.summary} has not come for ${pending.waited / 1000} s; Enter waits on`);
		for (;;) {
			const line = await this.#line();
			if (line === undefined) return this.#without(pending, octets);
			const words = line.trim();
			if (words === "" || words === "c") {
				this.#free = words === "c";
				return this.#go(pending, octets);
			}
			if (words === "k") return { kind: "skip" };
			if (words === "q") return { kind: "stop" };
			if (words === "?" || words === "h" || words === "help") this.#output.write(HELP);
			else if (octets === undefined) this.#say("Enter waits on, k skips it, q stops");
			else if (words === "v") this.#view(octets);
			else octets = await this.#changed(pending, octets, words);
		}
	}

	/** Nobody answers any more: as without the question. */
	#without(pending: Pending, octets: Buffer | undefined): Decision | undefined {
		return pending.kind === "send" ? this.#go(pending, octets) : undefined;
	}

	#go(pending: Pending, octets: Buffer | undefined): Decision {
		return octets === undefined || (pending.kind === "send" && octets === pending.octets) ? { kind: "go" } : { kind: "go", octets };
	}

	async #changed(pending: Pending, octets: Buffer, words: string): Promise<Buffer> {
		const { protocol } = pending.step.unit;
		try {
			const edited = words === "e" || words === "E" ? await this.#edited(octets) : editMessage(protocol, octets, parseChange(words));
			if (edited === undefined) {
				this.#say("nothing was changed");
				return octets;
			}
			const edits = differences(protocol, octets, edited, DEFAULT_LIMITS);
			const now = mended(protocol, octets, edits, words !== "E", DEFAULT_LIMITS);
			this.#say(`changed: ${firstLine(now)} (${now.length} octets); Enter sends it`);
			return now;
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			const hint = error instanceof BreakpointError && !words.includes("=") ? `there is no "${words}": ${SHORT}` : error.message;
			this.#say(hint);
			return octets;
		}
	}

	async #edited(octets: Buffer): Promise<Buffer | undefined> {
		if (this.#editor === undefined) throw new Error("no editor is set: set EDITOR, or write header NAME=…, text=… and the like");
		this.#lines.pause();
		try {
			return await editInEditor(octets, this.#editor);
		} finally {
			this.#lines.resume();
		}
	}

	#view(octets: Buffer): void {
		const text = escapeTerminalLines(octets.toString("utf8"));
		this.#output.write(`${text.replace(/\n$/, "").replace(/^/gm, "    ")}\n`);
	}

	/** The next line; undefined: there are no more. */
	async #line(): Promise<string | undefined> {
		if (this.#typed.length === 0 && !this.#ended) {
			this.#output.write(this.#told ? "> " : `${SHORT}\n> `);
			this.#told = true;
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
			this.#wake = undefined;
		}
		return this.#typed.shift();
	}

	#say(text: string): void {
		this.#output.write(`${escapeTerminal(text)}\n`);
	}
}

function firstLine(octets: Buffer): string {
	const end = octets.indexOf("\r\n");
	return octets.toString("utf8", 0, end < 0 ? Math.min(octets.length, 200) : end);
}
