import { writeSync } from "node:fs";
import type { ReadStream, WriteStream } from "node:tty";
import blessed from "blessed";
import { KeyInput } from "./input.js";

/** Other screen, no cursor, no wrapping at the last column, mouse buttons and wheel with plain coordinates. */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?1000h\x1b[?1006h";
const LEAVE = "\x1b[?1006l\x1b[?1000l\x1b[?7h\x1b[0m\x1b[?25h\x1b[?1049l";
const STANDARD_OUTPUT = 1;
/** Octets that may wait for a slow terminal; frames that come then are left out. */
const MOST_WAITING = 64 << 10;

export interface TerminalEvents {
	key(name: string, text: string): void;
	mouse(event: { what: "press" | "up" | "down"; column: number; row: number }): void;
	resize(): void;
	/** the terminal is gone, or asks to end */
	gone(): void;
	/** back from the shell */
	resumed(): void;
}

interface BlessedKey {
	readonly name?: string;
	readonly full?: string;
	readonly ctrl?: boolean;
	readonly meta?: boolean;
}

interface BlessedMouse {
	readonly action: string;
	readonly button?: string;
	readonly x: number;
	readonly y: number;
}

interface BlessedProgram {
	on(event: string, listener: (...values: never[]) => void): void;
	destroy(): void;
}

/**
 * The terminal itself: keys and mouse come from blessed, lines are written as they are. blessed's own drawing is not used: it knows at
 * most 256 colours, misplaces what follows wide characters, and reads terminfo entries that it cannot parse. Whatever ends the process,
 * the terminal is left as it was.
 */
export class Terminal {
	readonly #input: ReadStream;
	readonly #output: WriteStream;
	readonly #events: TerminalEvents;
	readonly #program: BlessedProgram;
	readonly #keys = new KeyInput();
	#taken = false;
	#closed = false;
	readonly #restore = (): void => this.leave();
	readonly #stop = (): void => this.suspend();
	readonly #hangUp = (): void => this.#events.gone();
	readonly #inputGone = (): void => this.#events.gone();
	readonly #typed = (octets: Buffer): void => this.#keys.feed(octets);

	constructor(input: ReadStream, output: WriteStream, events: TerminalEvents) {
		this.#input = input;
		this.#output = output;
		this.#events = events;
		// Without terminfo the program is the one for xterm and its kin, which is what all terminals of today are.
		const make = blessed.program as unknown as (options: object) => BlessedProgram;
		this.#program = make({ input: this.#keys, output, tput: false });
		this.#program.on("keypress", (text: string | undefined, key: BlessedKey) => this.#key(text, key));
		this.#program.on("mouse", (event: BlessedMouse) => this.#mouse(event));
		this.#program.on("resize", () => events.resize());
		input.on("data", this.#typed);
		input.on("end", this.#inputGone);
		input.on("error", this.#inputGone);
		output.on("error", this.#inputGone);
		process.on("exit", this.#restore);
		process.on("uncaughtExceptionMonitor", this.#restore);
		process.on("SIGTSTP", this.#stop);
		process.on("SIGHUP", this.#hangUp);
		this.take();
	}

	get columns(): number {
		return this.#output.columns ?? 80;
	}

	get rows(): number {
		return this.#output.rows ?? 24;
	}

	/** A slow terminal has not taken the last frames yet. */
	get behind(): boolean {
		return this.#output.writableLength > MOST_WAITING;
	}

	write(text: string): void {
		if (this.#taken) this.#output.write(text);
	}

	/** Takes the terminal: the other screen, keys one by one. */
	take(): void {
		if (this.#taken || this.#closed) return;
		this.#taken = true;
		this.#input.setRawMode?.(true);
		this.#input.resume();
		this.#output.write(ENTER);
	}

	/** Gives the terminal back as it was. May be called at any time, also when the process is about to end. */
	leave(): void {
		if (!this.#taken) return;
		this.#taken = false;
		try {
			this.#input.setRawMode?.(false);
		} catch {
			// The terminal is gone: there is nothing to give back.
		}
		try {
			writeSync(STANDARD_OUTPUT, LEAVE);
		} catch {
			// As above, or it cannot take it now; then the event loop hands it over, if there is one.
			this.#output.write(LEAVE);
		}
	}

	/** To the shell, until `fg`. */
	suspend(): void {
		this.leave();
		process.removeListener("SIGTSTP", this.#stop);
		process.once("SIGCONT", () => {
			process.on("SIGTSTP", this.#stop);
			this.take();
			this.#events.resumed();
		});
		process.kill(0, "SIGTSTP");
	}

	/** Keys are not read while somebody else has the terminal. */
	pauseInput(paused: boolean): void {
		if (paused) this.#input.pause();
		else this.#input.resume();
	}

	close(): void {
		if (this.#closed) return;
		this.leave();
		this.#closed = true;
		for (const event of ["end", "error"]) this.#input.removeListener(event, this.#inputGone);
		process.removeListener("exit", this.#restore);
		process.removeListener("uncaughtExceptionMonitor", this.#restore);
		process.removeListener("SIGTSTP", this.#stop);
		process.removeListener("SIGHUP", this.#hangUp);
		this.#input.removeListener("data", this.#typed);
		this.#input.pause();
		this.#keys.close();
		this.#program.destroy();
	}

	#key(text: string | undefined, key: BlessedKey): void {
		// blessed tells the enter key twice.
		if (key.name === "return" || key.name === "mouse") return;
		const typed = text !== undefined && key.ctrl !== true && key.meta !== true && !/^[\x00-\x1f\x7f]/.test(text) ? text : "";
		const special = key.name !== undefined && key.name.length > 1;
		const name = special || typed === "" ? (key.full ?? key.name ?? "") : typed;
		if (name !== "") this.#events.key(name === "linefeed" ? "C-j" : name, typed === "" && key.name === "space" ? " " : typed);
	}

	#mouse({ action, button, x, y }: BlessedMouse): void {
		if (action === "wheelup" || action === "wheeldown")
			this.#events.mouse({ what: action === "wheelup" ? "up" : "down", column: x, row: y });
		else if (action === "mousedown" && button === "left") this.#events.mouse({ what: "press", column: x, row: y });
	}
}
