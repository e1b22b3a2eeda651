import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import { build } from "./build.js";
import { itWith } from "./peers.js";
import { type TerminalOptions, TmuxTerminal } from "./tui-terminal.js";
import { sipRequest, udpCapture } from "./udp-capture.js";

const CONFERENCE = "captures/sylkserver-conference.pcapng";
let program: ReturnType<typeof build>;
let command: string;
let folder: string;
let terminal: TmuxTerminal | undefined;

beforeAll(() => {
	program = build();
	command = `node ${program.main}`;
	folder = mkdtempSync(join(tmpdir(), "mitmsrp-tui-"));
}, 120_000);
afterEach(() => {
	terminal?.close();
	terminal = undefined;
});
afterAll(() => {
	program.remove();
	rmSync(folder, { recursive: true, force: true });
});

function open(file: string, options: TerminalOptions = {}, flags = ""): TmuxTerminal {
	terminal = new TmuxTerminal({ ...options, env: { XDG_CONFIG_HOME: folder, ...options.env } });
	terminal.run(`${command} open ${flags} ${file}`);
	return terminal;
}

/** The terminal is as it was: the usual screen, a cursor, no mouse, echo and lines. */
async function restored(pane: TmuxTerminal): Promise<void> {
	await pane.until(() => pane.fact("alternate_on") === "0");
	expect(pane.fact("cursor_flag")).toBe("1");
	expect(pane.fact("mouse_any_flag")).toBe("0");
	expect(pane.fact("wrap_flag")).toBe("1");
	pane.run("stty -a | grep -o ' [-]*icanon\\| [-]*echo ' | tr '\\n' ,");
	await pane.until(/ icanon, echo ,/);
}

describe("in a real terminal", () => {
	itWith("tmux", "from the start to a message's verdict in two keys, and back out", async () => {
		const pane = open(CONFERENCE);
		await pane.until("155 entries");
		await pane.until(/c1 +18\.118 group chat/);
		pane.keys("Enter");
		await pane.until(/◀──── SEND/);
		pane.keys("Enter");
		await pane.until("A compliant client on this leg shows a system message.");
		pane.keys("q");
		await pane.until("c1 group chat");
		pane.keys("Q");
		await restored(pane);
	});

	itWith("tmux", "screen-256color: no word of terminfo, colours of the 256", async () => {
		const pane = open(CONFERENCE, { term: "screen-256color" });
		expect(await pane.until("155 entries")).not.toMatch(/terminfo|Setulc|Error/i);
		await pane.untilColoured(/\x1b\[[\d;]*38;5;\d+/);
		pane.keys("Q");
		await restored(pane);
		expect(pane.screen()).not.toMatch(/terminfo|Setulc|Error/i);
	});

	itWith("tmux", "NO_COLOR: words and attributes only", async () => {
		const pane = open(CONFERENCE, { env: { NO_COLOR: "1" } });
		await pane.until("155 entries");
		pane.keys("Enter");
		await pane.until("SYS!");
		const coloured = await pane.untilColoured(/\x1b\[(?:[\d;]*;)?7m/);
		expect(coloured).not.toMatch(/\x1b\[[\d;]*(?:3[0-8]|4[0-8]|9\d)[;m]/);
	});

	itWith("tmux", "every panel, at 80 by 24", async () => {
		const pane = open(CONFERENCE, { columns: 80, rows: 24 });
		await pane.until("155 entries");
		for (const [key, looks] of [
			["L", /class +summary/],
			["Enter", "2[decoded]"],
			["1", "1[why]"],
			["3", "3[raw]"],
			["4", "00000000"],
			["5", "5[diff]"],
			["6", "6[checks]"],
			["?", "Keys: mitmproxy"],
			["q", "6[checks]"],
			["q", /class +summary/],
			["H", "no live traffic"],
		] as const) {
			pane.keys(key);
			await pane.until(looks);
		}
		pane.keys("S");
		const screen = await pane.until("participants", /^c2 /m);
		for (const line of screen.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
	});

	itWith("tmux", "a filter is completed, is wrong, is right", async () => {
		const pane = open(CONFERENCE);
		await pane.until("155 entries");
		pane.keys("f");
		pane.type("sip.Metod");
		await pane.until("did you mean sip.Method?");
		pane.keys("C-u");
		pane.type("sip.Metho");
		pane.keys("Tab");
		await pane.until(/^filter: sip\.Method *$/m);
		pane.type(' == "SUBSCRIBE"');
		pane.keys("Enter");
		await pane.until(/ [1-9]\d* match: sip/);
		pane.keys("Enter");
		const ladder = await pane.until(", filtered", /[─╌] SUBSCRIBE [─╌]/);
		expect(ladder).not.toMatch(/[─╌] (?:NOTIFY|SEND) [─╌]/);
	});

	itWith("tmux", "search, marks, compare, and another key set", async () => {
		const pane = open(CONFERENCE, {}, "--keys sngrep");
		await pane.until("155 entries");
		pane.keys("F1");
		await pane.until("Keys: sngrep");
		pane.keys("Escape");
		await pane.until("participants");
		pane.keys("F4");
		await pane.until(/class +summary/);
		pane.keys("F3");
		pane.type("NOTIFY");
		pane.keys("Enter");
		// A search goes on beside the keys: the preview below the list shows the message that it found.
		const first = await pane.until(/^── #\d+ .*\n.*NOTIFY/m);
		pane.keys("Space");
		await pane.until("●");
		pane.keys("n");
		await pane.until(/^── #\d+ .*\n.*NOTIFY/m, (screen) => previewed(screen) !== previewed(first));
		pane.keys("c");
		await pane.until(new RegExp(`^- #${previewed(first)} `, "m"), /^\+ #\d+ .*NOTIFY/m);
	});

	itWith("tmux", "resized, it fills the new size", async () => {
		const pane = open(CONFERENCE, { columns: 80, rows: 24 });
		await pane.until("155 entries");
		pane.keys("Enter");
		await pane.until("── #");
		pane.resize(160, 45);
		await pane.until("│ 1[why]");
		pane.resize(60, 15);
		await pane.until(
			(text) => !text.includes("[why]"),
			/SYS/,
			(text) => text.trimEnd().split("\n").length === 15,
		);
	});

	itWith("tmux", "the mouse chooses, opens, scrolls and presses tabs", async () => {
		const pane = open(CONFERENCE);
		await pane.until("155 entries");
		await pane.until(/^c2 /m);
		// The second session, twice: chosen, then opened.
		pane.click(10, 4);
		pane.click(10, 4);
		await pane.until("c2 group chat");
		pane.keys("Enter");
		const tabs = (await pane.until("1[why]", "4 hex ")).split("\n")[2]!;
		pane.click(tabs.indexOf("hex") + 1, 3);
		await pane.until("4[hex]", /^00000000/m);
		// A fast wheel: many events in one read, a key behind them.
		pane.send(`${"\x1b[<65;20;10M".repeat(4)}1`);
		await pane.until("1[why]");
		pane.keys("4", "Down");
		await pane.until("4[hex]", /^00000010/m, (text) => !/^00000000/m.test(text));
		pane.send("\x1b[<65;20;10M\x1b[<65;20;10M");
		await pane.until(/^00000070/m, (text) => !/^00000060/m.test(text));
		pane.send("\x1b[<64;20;10M");
		await pane.until(/^00000040/m);
	});

	itWith("tmux", "characters of two columns and joined emoji: what follows stands where it belongs", async () => {
		const file = join(folder, "wide.pcap");
		writeFileSync(file, wideCapture());
		const pane = open(file, { columns: 100, rows: 24 });
		await pane.until("3 entries");
		pane.keys("L");
		const screen = await pane.until("漢字", "👨+", "\\x1b[31m");
		const lines = screen.split("\n").filter((line) => /^ +\d .*MESSAGE/.test(line));
		expect(lines).toHaveLength(3);
		expect(screen).not.toContain("\u200d");
		pane.keys("End", "Enter", "3");
		await pane.until("3[raw]", "\\x1b[31m");
		pane.keys("Q");
		await restored(pane);
	});
});

describe("leaves the terminal as it was", () => {
	itWith("tmux", "after SIGTERM", async () => {
		const pane = open(CONFERENCE);
		await pane.until("155 entries");
		process.kill(await pidOf(pane), "SIGTERM");
		await restored(pane);
	});

	itWith("tmux", "after SIGHUP", async () => {
		const pane = open(CONFERENCE);
		await pane.until("155 entries");
		process.kill(await pidOf(pane), "SIGHUP");
		await restored(pane);
	});

	itWith("tmux", "after a crash, whose reason is on the usual screen", async () => {
		const crash = join(folder, "crash.mjs");
		writeFileSync(crash, 'process.on("SIGUSR2", () => { setImmediate(() => { throw new Error("this is the crash"); }); });\n');
		terminal = new TmuxTerminal({ env: { XDG_CONFIG_HOME: folder } });
		terminal.run(`${command.replace("node ", `node --import ${crash} `)} open ${CONFERENCE}`);
		await terminal.until("155 entries");
		process.kill(await pidOf(terminal), "SIGUSR2");
		await terminal.until("this is the crash");
		await restored(terminal);
	});

	itWith("tmux", "while it is stopped with ^Z, and fg brings it back", async () => {
		const pane = open(CONFERENCE);
		await pane.until("155 entries");
		pane.keys("C-z");
		await restored(pane);
		pane.run("fg");
		await pane.until("155 entries");
		expect(pane.fact("alternate_on")).toBe("1");
		pane.keys("Enter");
		await pane.until("c1 group chat");
	});

	itWith("tmux", "no capture, and no terminal: said on the usual screen", async () => {
		const pane = open("package.json");
		await pane.until(/mitmsrp: .*package\.json/);
		expect(pane.fact("alternate_on")).toBe("0");
		pane.run(`${command} open ${CONFERENCE} | cat`);
		await pane.until("standard output is no terminal");
	});
});

describe("what grows", () => {
	itWith("tmux", "a file is followed, and the newest line stays in sight", async () => {
		const whole = readFileSync("captures/sipsimple-sip-msrp-chat.pcap");
		const file = join(folder, "growing.pcap");
		writeFileSync(file, whole.subarray(0, 24));
		const pane = open(file);
		const records = recordsOf(whole);
		appendFileSync(file, Buffer.concat(records.slice(0, 6)));
		await pane.until("following");
		pane.keys("L");
		pane.keys("F");
		for (const record of records.slice(6, 60)) appendFileSync(file, record);
		const before = await pane.until(/[1-9]\d* entries/);
		for (const record of records.slice(60)) appendFileSync(file, record);
		await pane.until((text) => entries(text) > entries(before));
		pane.keys("Q");
		await restored(pane);
	});

	itWith("tmux", "standard input is the capture, keys come from the terminal", async () => {
		terminal = new TmuxTerminal({ env: { XDG_CONFIG_HOME: folder } });
		terminal.run(`cat ${CONFERENCE} | ${command} open -`);
		await terminal.until("155 entries");
		terminal.keys("Enter");
		await terminal.until("c1 group chat");
		terminal.keys("Q");
		await restored(terminal);
	});
});

/** Number of the message in the preview below a list. */
function previewed(text: string): string {
	return /^── #(\d+) /m.exec(text)?.[1] ?? "";
}

function entries(text: string): number {
	return Number(/(\d+) entries/.exec(text)?.[1] ?? 0);
}

/** The process in front: tmux knows the shell, the shell's child is ours. */
async function pidOf(pane: TmuxTerminal): Promise<number> {
	const shell = pane.fact("pane_pid");
	const children = readFileSync(`/proc/${shell}/task/${shell}/children`, "utf8").trim().split(" ");
	expect(children).toHaveLength(1);
	return Number(children[0]);
}

/** The records of a little-endian pcap file. */
function recordsOf(file: Buffer): Buffer[] {
	const records: Buffer[] = [];
	for (let at = 24; at < file.length; ) {
		const end = at + 16 + file.readUInt32LE(at + 8);
		records.push(file.subarray(at, end));
		at = end;
	}
	return records;
}

/** Three SIP MESSAGE requests over UDP with texts that are hard to draw. */
function wideCapture(): Buffer {
	const texts = ["漢字 ideographs, then words", "family 👨‍👩‍👧 and flag 🇩🇪 end", "colour \x1b[31mred\x1b[0m and \u202ebackwards"];
	return udpCapture(texts.map((text, index) => sipRequest(index, "MESSAGE", "text/plain;charset=UTF-8", text, { "Call-ID": "wide" })));
}
