import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { createFocus } from "../../src/demo/index.js";
import { build } from "./build.js";
import { itWith } from "./peers.js";
import { TmuxTerminal } from "./tui-terminal.js";

const ROOM = fileURLToPath(new URL("../../rules/room.pcapng", import.meta.url));

let program: ReturnType<typeof build>;
let folder: string;
let terminal: TmuxTerminal | undefined;
let focus: Awaited<ReturnType<typeof createFocus>>;

beforeAll(() => {
	program = build();
}, 120_000);
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "mitmsrp-replay-"));
	focus = await createFocus({ listen: ["tcp://127.0.0.1:0"] });
});
afterEach(async () => {
	terminal?.close();
	await focus.close();
	rmSync(folder, { recursive: true, force: true });
});
afterAll(() => program.remove());

/** `mitmsrp replay` of the demo room in a terminal of its own, to a live room. */
function replay(flags = ""): TmuxTerminal {
	terminal = new TmuxTerminal({ columns: 120, rows: 30, env: { XDG_CONFIG_HOME: folder } });
	terminal.run(`node ${program.main} replay ${ROOM} --to ${focus.places[0]} ${flags}`);
	return terminal;
}

/** Ends the user interface; waits for what is said on the usual screen then. */
async function ended(pane: TmuxTerminal, said: string | RegExp = "as in the capture"): Promise<void> {
	pane.keys("Q");
	await pane.until(() => pane.fact("alternate_on") === "0");
	expect(pane.fact("cursor_flag")).toBe("1");
	await pane.until(said);
}

itWith("tmux", "a replay is shown as it runs, its comparison when the terminal is given back", async () => {
	const pane = replay();
	await pane.until(/replay of room\.pcapng +ended/, /c4 +\S+ group chat +Alice/);
	await ended(pane, /^the same as in the capture/m);
});

itWith("tmux", "with an ALG in the path both sides of it are there, and what clients make of that", async () => {
	const pane = replay("--alg A2");
	await pane.until(/replay of room\.pcapng +ended/);
	pane.keys("P");
	await pane.until(
		/\d+ differ/,
		/ALG A2 +\d+ messages are shown as something else because of rewriting \(legacy \d+/,
		/● on +A2 .* [1-9]\d* changed/,
	);
	await ended(pane);
});

itWith("tmux", "step by step: the next message goes on, is edited, is skipped", async () => {
	const pane = replay("--step --session c1");
	await pane.until("1 HELD");
	pane.keys("H");
	await pane.until(/→ server .* REGISTER/);
	pane.keys("e");
	await pane.until(/change: start=/);
	pane.keys("C-u");
	pane.type("header User-Agent=stepped");
	pane.keys("Enter");
	await pane.until(/replay of room\.pcapng +ended/);
	pane.keys("L");
	await pane.until("≠ REGISTER");
	pane.keys("g");
	pane.keys("Enter");
	await pane.until("User-Agent: IM-client");
	pane.keys("Space");
	await pane.until("User-Agent: stepped");
	await ended(pane, /^the same as in the capture/m);

	terminal!.close();
	const second = replay("--step --session c1");
	await second.until("1 HELD");
	second.keys("H");
	await second.until(/→ server .* REGISTER/);
	second.keys("X");
	await second.until(/replay of room\.pcapng +ended/);
	await ended(second, /#1 → REGISTER was skipped/);
});

itWith("tmux", "--no-tui: the comparison alone, on a terminal too", async () => {
	const pane = replay("--no-tui --session c1");
	await pane.until("as in the capture", "#1 → REGISTER");
	expect(pane.fact("alternate_on")).toBe("0");
});
