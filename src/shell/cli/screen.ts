import { readFileSync } from "node:fs";
import { Writable } from "node:stream";
import { escapeTerminal } from "../../core/export/escape.js";
import { grouped } from "../../core/export/stats-text.js";
import type { Entry } from "../../core/model/entry.js";
import type { Problem } from "../../core/model/problem.js";
import type { OpenHop } from "../proxy/listen.js";
import type { ProxySummary } from "../proxy/proxy.js";
import { ProxyControls } from "../ui/live/controls.js";
import type { Steered } from "../ui/live/types.js";
import type { Tui } from "../ui/open-tui.js";
import type { ClassifyRequest } from "./classify-options.js";
import type { ColourChoice } from "./colours.js";
import { CLEAN } from "./fail.js";
import type { Io } from "./io.js";
import type { HoldFlags, TuiFlags } from "./tui-options.js";
import { tuiSettings } from "./tui-terminal.js";

/** Lines that are printed when all is over, of those that were said meanwhile. */
const LAST_LINES = 50;

/** Something that runs, with its entries: `ControlledProxy` is one. */
export interface Watched extends Steered {
	on(event: "entry", listener: (entry: Entry) => void): unknown;
	on(event: "late", listener: (entryNumber: number, problem: Problem) => void): unknown;
}

export type ScreenFlags = TuiFlags & HoldFlags & { color: ColourChoice; disable?: ReadonlySet<Problem["id"]> };

/** `mitmsrp proxy` on a terminal opens the user interface, unless something else than looking is asked for. */
export function wantsScreen(flags: { tui: boolean; redact?: true; redactKey?: string; json?: true; quiet?: true }, io: Io): boolean {
	return (
		flags.tui &&
		flags.redact !== true &&
		flags.redactKey === undefined &&
		io.terminal !== undefined &&
		io.stdinIsTTY &&
		flags.json !== true &&
		flags.quiet !== true
	);
}

/** What the user sees of a running proxy or replay: the terminal user interface in place of a log. */
export class Screen {
	readonly #io: Io;
	readonly #ended = new AbortController();
	readonly #said: string[] = [];
	#tui: Tui | undefined;

	constructor(io: Io) {
		this.#io = io;
	}

	/** The same with a standard error that does not write across the screen: what is said there is shown in it. */
	get io(): Io {
		const stderr = new Writable({
			decodeStrings: false,
			write: (text: string | Buffer, _encoding, done) => {
				this.#say(text.toString());
				done();
			},
		});
		return { ...this.#io, stderr };
	}

	/** aborted when the user wants to end */
	get failed(): AbortSignal {
		return this.#ended.signal;
	}

	/** @throws KeyFileError */
	async open(flags: ScreenFlags, proxy: Watched, classify: ClassifyRequest | undefined, reload: () => void): Promise<this> {
		const settings = await tuiSettings(flags, this.#io, classify ?? {});
		const { Tui } = await import("../ui/open-tui.js");
		const live = new ProxyControls(proxy, {
			readFile: (path) => readFileSync(path),
			reload,
			hold: { onTimeout: flags.holdThen, ...(flags.holdTimeout === undefined ? {} : { timeout: flags.holdTimeout }) },
		});
		const tui = new Tui({ ...settings, title: "starting", phase: "live", live });
		this.#tui = tui;
		void tui.ended.then(() => this.#ended.abort());
		proxy.on("entry", (entry) => {
			const { disable } = flags;
			if (disable !== undefined && entry.problems.length > 0) entry.problems = entry.problems.filter(({ id }) => !disable.has(id));
			tui.entry(entry);
		});
		proxy.on("late", (number, problem) => {
			if (flags.disable?.has(problem.id) !== true) tui.late(number, problem);
		});
		proxy.breakpoints.onChange((change) => {
			if (change.kind === "breakpoints" || change.kind === "held") return tui.changed();
			if (change.timedOut === true)
				tui.notice(`message ${change.held.id} was held for ${change.held.breakpoint.timeout} s: ${change.kind}`, "warn");
			else if (change.kind === "lost") tui.notice(`message ${change.held.id} is not held any more: its connection is over`, "warn");
		});
		return this;
	}

	ready(hops: readonly OpenHop[]): void {
		const names = hops.map(
			({ name, listen, target }) => `${name.includes("://") ? "" : `${name} `}${listen} → ${target ?? "the client's choice"}`,
		);
		this.#tui?.status({ title: escapeTerminal(names.join(", ")), phase: "live" });
	}

	/** What is shown at the top. */
	status(status: { title?: string; phase?: string }): void {
		this.#tui?.status(status);
	}

	/** Gives the terminal back, and says in short what was. */
	async stopped({ connections, cut, entries }: ProxySummary): Promise<number> {
		this.close();
		const reset = cut === 0 ? "" : `, ${grouped(cut)} of them reset because they were still open`;
		this.#io.stderr.write(
			`mitmsrp: stopped after ${grouped(connections)} connection${connections === 1 ? "" : "s"}${reset}, ${grouped(entries)} entries\n`,
		);
		return CLEAN;
	}

	/** The terminal is as it was; what was said meanwhile is there to be read. */
	close(): void {
		const tui = this.#tui;
		if (tui === undefined) return;
		this.#tui = undefined;
		tui.close();
		for (const line of this.#said.slice(-LAST_LINES)) this.#io.stderr.write(`${line}\n`);
	}

	#say(text: string): void {
		if (this.#tui === undefined) {
			this.#io.stderr.write(text);
			return;
		}
		for (const line of text.split("\n")) {
			if (line.trim() === "") continue;
			this.#said.push(line);
			if (this.#said.length > 2 * LAST_LINES) this.#said.splice(0, LAST_LINES);
			this.#tui.log(line);
		}
	}
}
