import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

export interface TerminalOptions {
	columns?: number;
	rows?: number;
	/** TERM inside */
	term?: string;
	env?: Readonly<Record<string, string>>;
}

/** Milliseconds that a screen may take to look as expected. */
const PATIENCE = 30_000;
const EVERY = 50;

/** A real terminal: a tmux server of its own with one pane, in which a command runs from a shell. */
export class TmuxTerminal {
	readonly #socket = `mitmsrp-${randomBytes(6).toString("hex")}`;

	/** The pane runs a shell that says `$ `; commands are typed. */
	constructor({ columns = 100, rows = 30, term = "screen-256color", env = {} }: TerminalOptions = {}) {
		const clean: Record<string, string> = { ...(process.env as Record<string, string>), TERM: "xterm-256color", LC_ALL: "C.UTF-8", ...env };
		for (const name of ["TMUX", "COLORTERM", "NO_COLOR"]) if (!(name in env)) delete clean[name];
		const settings = ["set", "-g", "default-terminal", term, ";", "set", "-g", "status", "off", ";", "set", "-g", "escape-time", "0", ";"];
		const session = ["new-session", "-d", "-x", String(columns), "-y", String(rows), "env", "PS1=$ ", "sh"];
		// The settings have to be there before the pane is: a server of its own is started with them.
		execFileSync("tmux", ["-L", this.#socket, "-f", "/dev/null", "start-server", ";", ...settings, ...session], { env: clean });
	}

	/** Types a line and Enter. */
	run(command: string): void {
		this.#tmux("send-keys", "-l", command);
		this.keys("Enter");
	}

	/** Keys by tmux's names. */
	keys(...names: string[]): void {
		this.#tmux("send-keys", ...names);
	}

	type(text: string): void {
		this.#tmux("send-keys", "-l", text);
	}

	/** Raw octets as a terminal would send them: mouse events. */
	send(octets: string): void {
		this.#tmux("send-keys", "-H", ...[...Buffer.from(octets)].map((octet) => octet.toString(16)));
	}

	resize(columns: number, rows: number): void {
		this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
	}

	/** What is on the screen; `colours`: with its SGR sequences. */
	screen(colours = false): string {
		return this.#tmux("capture-pane", "-p", ...(colours ? ["-e"] : []));
	}

	/** Something tmux knows of the pane: "pane_pid", "cursor_flag", "alternate_on". */
	fact(name: string): string {
		return this.#tmux("display-message", "-p", `#{${name}}`).trim();
	}

	/**
	 * The screen as soon as it looks as expected, in all of these ways at once: a capture can come in the middle of a frame. What is
	 * waited for has to be something that stays: a notice goes with the next key.
	 */
	async until(...looks: (string | RegExp | ((screen: string) => boolean))[]): Promise<string> {
		const fits = (screen: string, one: (typeof looks)[number]): boolean =>
			typeof one === "string" ? screen.includes(one) : one instanceof RegExp ? one.test(screen) : one(screen);
		const end = Date.now() + PATIENCE;
		for (;;) {
			const text = this.screen();
			const missing = looks.filter((one) => !fits(text, one));
			if (missing.length === 0) return text;
			if (Date.now() > end) throw new Error(`the screen never showed ${missing.join(" and ")}:\n${text}`);
			await pause(EVERY);
		}
	}

	/** As `until`, of the screen with its SGR sequences. */
	async untilColoured(looks: RegExp): Promise<string> {
		let coloured = "";
		await this.until(() => {
			coloured = this.screen(true);
			return looks.test(coloured);
		});
		return coloured;
	}

	/** The left button, pressed and let go; column and row count from 1. */
	click(column: number, row: number): void {
		this.send(`\x1b[<0;${column};${row}M\x1b[<0;${column};${row}m`);
	}

	/** Ends the server, and with it everything that runs in it. */
	close(): void {
		spawnSync("tmux", ["-L", this.#socket, "kill-server"]);
	}

	#tmux(...args: string[]): string {
		return execFileSync("tmux", ["-L", this.#socket, ...args], { encoding: "utf8" });
	}
}
