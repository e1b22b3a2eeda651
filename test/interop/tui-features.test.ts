import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "vitest";
import { ACTIONS } from "../../src/shell/ui/keys/actions.js";
import { build } from "./build.js";
import { itWith } from "./peers.js";
import { type TerminalOptions, TmuxTerminal } from "./tui-terminal.js";
import { sipRequest, udpCapture } from "./udp-capture.js";

const CONFERENCE = "captures/sylkserver-conference.pcapng";
let program: ReturnType<typeof build>;
let folder: string;
let terminal: TmuxTerminal | undefined;

beforeAll(() => {
	program = build();
}, 120_000);
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "mitmsrp-features-"));
});
afterEach(() => {
	terminal?.close();
	terminal = undefined;
	rmSync(folder, { recursive: true, force: true });
});
afterAll(() => program.remove());

async function open(options: TerminalOptions = {}, flags = "", file = CONFERENCE, entries = 155): Promise<TmuxTerminal> {
	const pane = new TmuxTerminal({ ...options, env: { XDG_CONFIG_HOME: folder, ...options.env } });
	terminal = pane;
	pane.run(`node ${program.main} open ${flags} ${file}`);
	await pane.until(` ${entries} entries`, /^c1 /m);
	return pane;
}

/** The last line of the screen: prompt, notice or keys. */
function bottom(screen: string): string {
	return screen.trimEnd().split("\n").at(-1)!;
}

/** A line after a colon, and Enter; the prompt is gone then. */
async function command(pane: TmuxTerminal, line: string): Promise<string> {
	pane.type(`:${line}`);
	await pane.until((screen) => bottom(screen).startsWith(`:${line}`));
	pane.keys("Enter");
	return pane.until((screen) => !bottom(screen).startsWith(":"));
}

describe("lists", () => {
	itWith("tmux", "columns from any field: of the message, and of those that only filters know", async () => {
		const pane = await open({ columns: 120 });
		pane.keys("L", "|");
		await pane.until("columns: number time");
		pane.keys("C-u");
		pane.type("number sip.Call-ID sip.from.use");
		pane.keys("Tab");
		await pane.until(/^columns: number sip\.Call-ID sip\.from\.user *$/m);
		pane.type(" frame.time_relative");
		pane.keys("Enter");
		await pane.until(/^ +# sip\.Call-ID +sip\.from\.user +frame\.time_relative/m, /^ +1 \S+ +bob +18\.118109\d{3} /m);
		const screen = await command(pane, "columns number nonsense");
		expect(bottom(screen)).toMatch(/there is no column "nonsense"; did you mean "/);
		expect(screen).toMatch(/sip\.Call-ID/);
	});

	itWith("tmux", "a view is kept, and is there in the next run", async () => {
		const first = await open();
		await command(first, 'filter sip.Method == "SUBSCRIBE"');
		await command(first, "columns number sip.Method");
		await first.until(/ [1-9]\d* match: sip/);
		first.keys("B");
		await first.until("keep this view as:");
		first.type("subscriptions");
		first.keys("Enter");
		await first.until('view "subscriptions" is kept');
		expect(readFileSync(join(folder, "mitmsrp", "views.yaml"), "utf8")).toContain("subscriptions:");
		first.close();

		const second = await open();
		second.keys("L", "b");
		await second.until(/^view:/m, "subscriptions  kept view");
		second.keys("Tab", "Enter");
		await second.until(/ [1-9]\d* match: sip\.Method/, /^ +# sip\.Method/m);
		await command(second, "delete-view subscriptions");
		second.keys("K");
		await second.until('view "subscriptions" is forgotten');
		expect(readFileSync(join(folder, "mitmsrp", "views.yaml"), "utf8")).not.toContain("subscriptions");
	});
});

describe("keys", () => {
	itWith("tmux", "every action can be typed after a colon, and is completed", async () => {
		const pane = await open();
		pane.type(":next");
		await pane.until(/^ next-divergence +next message that clients show differently/m, /^ next-finding /m);
		pane.keys("Tab", "Tab");
		await pane.until(/^:next-finding/m);
		pane.keys("C-g");
		await pane.until((screen) => !bottom(screen).startsWith(":"));
		const names = Object.keys(ACTIONS).filter((name) => !["quit", "suspend", "clear", "back"].includes(name));
		for (const name of [...names, "clear"]) {
			pane.type(`:${name}`);
			await pane.until((screen) => bottom(screen).startsWith(`:${name}`));
			// What asks for more opens a prompt of its own, which Ctrl and G leaves; elsewhere that key does nothing.
			pane.keys("Enter", "C-g");
			const screen = await pane.until((text) => !/^[a-z: /]*: ?$|^:/.test(bottom(text)));
			expect(bottom(screen), name).not.toContain("there is no");
			await command(pane, "sessions");
		}
		await pane.until(" 0 entries");
		expect(bottom(await command(pane, "nonsense"))).toMatch(/there is no "nonsense"; did you mean "/);
	});

	itWith("tmux", "a file binds other keys, with arguments, and help tells them", async () => {
		const keys = join(folder, "my.yaml");
		writeFileSync(keys, 'set: sngrep\nkeys:\n  C-y: filter sip.Method == "SUBSCRIBE"\nmessages:\n  y: go 16\n');
		const pane = await open({}, `--key-file ${keys}`);
		pane.keys("C-y");
		await pane.until(/ [1-9]\d* match: sip\.Method/);
		await command(pane, "filter-clear");
		pane.keys("F4");
		await pane.until(/class .*summary/);
		pane.keys("y");
		await pane.until(/^── #16 /m);
		pane.keys("F1", "End");
		await pane.until("Keys: sngrep", "With an argument", ':filter sip.Method == "SUBSCRIBE"');
	});

	itWith("tmux", "a key file with faults is told by line and column, on the usual screen", async () => {
		const keys = join(folder, "wrong.yaml");
		writeFileSync(keys, "keys:\n  x: fliter\n  nokey: fold\n");
		terminal = new TmuxTerminal({ env: { XDG_CONFIG_HOME: folder } });
		terminal.run(`node ${program.main} open --key-file ${keys} ${CONFERENCE}`);
		await terminal.until(/wrong\.yaml:2:6 "fliter" is no action; did you mean "filter"\?/, /wrong\.yaml:3:3 "nokey" is no key/);
		expect(terminal.fact("alternate_on")).toBe("0");
	});
});

describe("looks", () => {
	itWith("tmux", "16 colours where the terminal says no more", async () => {
		const pane = await open({ term: "screen" });
		const screen = await pane.untilColoured(/\x1b\[[\d;]*(?:3[1-7]|9[0-7])m/);
		expect(screen).not.toMatch(/[34]8;[25];/);
	});

	itWith("tmux", "true colour where it says so", async () => {
		const pane = await open({ env: { COLORTERM: "truecolor" } });
		await pane.untilColoured(/\x1b\[[\d;]*38;2;205;214;244/);
	});

	itWith("tmux", "other themes, also while it runs", async () => {
		const pane = await open({ env: { COLORTERM: "truecolor" } }, "--theme contrast");
		const contrast = await pane.untilColoured(/\x1b\[[\d;]*38;2;/);
		expect(contrast).not.toContain("38;2;205;214;244");
		await command(pane, "theme dark");
		await pane.untilColoured(/\x1b\[[\d;]*38;2;205;214;244/);
		await command(pane, "theme light");
		await pane.until(() => !pane.screen(true).includes("38;2;205;214;244"));
	});

	itWith("tmux", "why a message is shown as it is: its evidence is marked in the octets", async () => {
		const pane = await open();
		pane.keys("Enter", "Enter");
		await pane.until("1[why]", "The octets it rests on");
		pane.keys("3");
		await pane.until("3[raw]", "From: Conference Room <sip:room@127.0.0.1>");
		const marked = /\x1b\[([\d;]*)m\x1b\[([\d;]*)m\x1b\[([\d;]*)mFrom: Conference Room <sip:room@127\.0\.0\.1>\x1b\[0m/;
		expect(await pane.untilColoured(marked)).toMatch(/\x1b\[48;5;\d+mFrom: Conference Room/);
		pane.keys("4");
		await pane.untilColoured(/\x1b\[48;5;\d+m46\x1b\[0m/);
	});
});

describe("hostile traffic", () => {
	const EVIL = [
		"\x1b[31m\x1b[2J",
		"\x1b]8;;http://evil.example/\x07link\x1b]8;;\x07",
		"\x1b]0;title\x07",
		"\u202eevil\u202c\u2066x",
		"\x9b31m",
	].join("");
	const rows = { From: `"${EVIL}" <sip:alice@example.com>;tag=1`, "User-Agent": EVIL, Subject: EVIL, [`X-${EVIL}`]: EVIL };
	const sdp = `v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=${EVIL}\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=message 9000 TCP/MSRP *\r\na=path:msrp://192.0.2.1:9000/a${EVIL};tcp\r\na=accept-types:${EVIL}\r\n`;
	const cpim = `From: ${EVIL}<sip:alice@example.com>\r\nTo: <sip:bob@example.com>\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: ${EVIL}\r\n\r\nContent-Type: text/plain;charset=UTF-8\r\n\r\n${EVIL}`;

	itWith("tmux", "nothing from the wire reaches the terminal as it is: names, SDP, bodies, headers; titles and links neither", async () => {
		const file = join(folder, "hostile.pcap");
		const messages = [
			sipRequest(0, "MESSAGE", "text/plain;charset=UTF-8", EVIL, rows),
			sipRequest(1, "INVITE", "application/sdp", sdp, rows),
			sipRequest(2, "MESSAGE", "message/cpim", cpim, { ...rows, "Call-ID": "call-0" }),
			sipRequest(3, "MESSAGE", `text/${EVIL}`, EVIL, { ...rows, "Call-ID": EVIL }),
		];
		writeFileSync(file, udpCapture(messages));
		const pane = await open({ columns: 140, rows: 40 }, "--no-follow", file, 4);
		const title = pane.fact("pane_title");
		const look = async (...looks: (string | RegExp)[]): Promise<void> => {
			const plain = await pane.until(...looks);
			expect(plain).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
			// Of sequences there are only those that set colours and attributes.
			expect(pane.screen(true).replace(/\x1b\[[\d;:]*m/g, "")).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
		};
		await look("participants", "\\x1b[31m");
		pane.keys("Enter");
		await look(/─ MESSAGE/, "\\x1b[31m");
		pane.keys("L");
		await look(/class .*summary/, "\\x1b[31m");
		await command(pane, "columns number sip.from.display.info sip.User-Agent sip.Subject sip.Call-ID");
		await look(/sip\.from\.display\.info/, "\\x1b[31m");
		pane.keys("g", "m", "=");
		await look(/^- #1 /m, /^\+ #2 /m, "\\x1b]8;;http");
		pane.keys("q", "g");
		await pane.until(/sip\.from\.display\.info/);
		for (const number of [1, 2, 3, 4]) {
			pane.keys(number === 1 ? "Enter" : "Space");
			await pane.until(new RegExp(`^[● ] #${number} `, "m"));
			for (const [key, tab] of [
				["1", "why"],
				["2", "decoded"],
				["3", "raw"],
				["4", "hex"],
				["5", "diff"],
				["6", "checks"],
			] as const) {
				pane.keys(key);
				await look(`${key}[${tab}]`);
				pane.keys("G");
				await look(`${key}[${tab}]`);
			}
		}
		expect(pane.fact("pane_title")).toBe(title);
		pane.keys("Q");
		await pane.until(() => pane.fact("alternate_on") === "0");
	});
});
