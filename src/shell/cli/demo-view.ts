import { PROFILES } from "../../core/alg/index.js";
import { DivergenceReport } from "../../core/explain/divergence-report.js";
import { escapeTerminal } from "../../core/export/escape.js";
import { jsonEntry } from "../../core/export/json.js";
import { LadderCollector } from "../../core/export/ladder.js";
import { ladderText } from "../../core/export/ladder-text.js";
import type { Palette } from "../../core/export/palette.js";
import { wrapWords } from "../../core/export/width.js";
import type { Entry } from "../../core/model/entry.js";
import { Agreement, type Compared } from "../../demo/scene/agreement.js";
import { Rows } from "../../demo/scene/rows.js";
import type { SceneResult } from "../../demo/scene/scene.js";
import { USERS } from "../../demo/scene/script.js";
import { conversation, heading, screens } from "../../demo/scene/view.js";
import type { Output } from "../output.js";
import type { DemoFlags } from "./demo-options.js";

/** What standard output shows of the runs. */
export class DemoView {
	readonly #flags: DemoFlags;
	readonly #output: Output;
	readonly #palette: Palette;
	readonly #width: number;
	#rows = new Rows();
	#report = new DivergenceReport();
	#agreement = new Agreement();
	#ladder = new LadderCollector();
	#zero: { sec: number; nsec: number } | undefined;
	#diverging = 0;

	constructor(flags: DemoFlags, output: Output, colours: Palette, width: number) {
		this.#flags = flags;
		this.#output = output;
		this.#palette = colours;
		this.#width = width;
	}

	begin(): void {
		if (this.#flags.json) return;
		this.#output.write(
			"Alice, Bob and Carol chat in a room of a conference focus, each of them through\nthe proxy. Real sockets, all on this machine; nothing leaves it.\n",
		);
	}

	run(index: number, alg: readonly string[]): void {
		this.#rows = new Rows();
		this.#report = new DivergenceReport();
		this.#agreement = new Agreement();
		this.#ladder = new LadderCollector();
		this.#zero = undefined;
		if (this.#flags.json) this.#output.write(`${JSON.stringify({ event: "run", run: index + 1, alg })}\n`);
	}

	act(index: number): void {
		this.#rows.act(index);
	}

	entry(entry: Entry): void {
		this.#agreement.entry(entry);
		if (this.#flags.json) {
			this.#output.write(jsonEntry(entry));
			return;
		}
		if (entry.flow.leg !== "client") return;
		this.#zero ??= { sec: entry.began.sec, nsec: entry.began.nsec };
		this.#rows.entry(entry);
		this.#report.entry(entry);
		if (this.#flags.ladder) this.#ladder.add(entry);
	}

	played(result: SceneResult, alg: readonly string[]): void {
		const compared = this.#agreement.compare(result.chats);
		if (this.#flags.json) {
			this.#json(result, compared);
			return;
		}
		this.#diverging = this.#report.diverging;
		const out = (text: string): void => this.#output.write(text);
		const head = (title: string): void => out(`\n${heading(title, this.#width, this.#palette)}\n`);
		if (alg.length === 0) head("Nothing in the way");
		else {
			head(`The same, with the ALG ${alg.join(" and ")} between Bob and the room`);
			out(this.#boxes(result, alg));
		}
		const rows = this.#rows.get();
		if (this.#flags.ladder) out(this.#ladders());
		else out(conversation(rows, this.#width, this.#palette));
		out("\n");
		const numbers = new Map(rows.flatMap(({ entries }, index) => entries.map((entry) => [entry, index + 1] as const)));
		const number = this.#flags.ladder ? {} : { number: (entry: number): number => numbers.get(entry) ?? entry };
		out(this.#report.text(this.#palette, { width: this.#width, ...number }));
		head("What the users saw");
		out(screens(result, this.#width, this.#palette));
		const { agreed, lines } = compared;
		const all = agreed === lines ? `all ${lines}` : `${agreed} of ${lines}`;
		out(`${wrapWords(`The proxy said so before: its verdict is what the clients made of ${all} messages.`, this.#width)}\n`);
	}

	/** `file`: what was recorded, when something was. */
	end(file: string | undefined): void {
		if (this.#flags.json) return;
		if (file !== undefined) {
			this.#output.write(`\nNext: both runs are in ${escapeTerminal(file)}; ask it why: mitmsrp explain ${escapeTerminal(file)}\n`);
			return;
		}
		const again = this.#flags.ladder ? "mitmsrp demo" : "mitmsrp demo --ladder";
		this.#output.write(
			this.#diverging > 0
				? `\nNext: put the proxy between your own client and server (mitmsrp proxy --help),\nor ask of a capture where clients differ: mitmsrp analyze --divergences FILE.\n`
				: `\nNext: ${again}, or the same with an ALG in the way: mitmsrp demo --alg A2.\n`,
		);
	}

	/** What the box imitates, and what it did to the room's Contact. */
	#boxes({ contacts }: SceneResult, alg: readonly string[]): string {
		let out = "";
		for (const name of alg) {
			const profile = PROFILES.find((one) => one.name.toLowerCase() === name.split(":")[0]!.toLowerCase());
			if (profile !== undefined) out += `${wrapWords(`${profile.name}: ${profile.imitates}.`, this.#width)}\n`;
		}
		const same = contacts.alice === contacts.bob;
		const rows = same
			? [["the room, to all", contacts.alice]]
			: [
					["the room, to Alice", contacts.alice],
					["the room, to Bob", contacts.bob],
				];
		for (const [what, uri] of rows) out += `  ${what!.padEnd(18)}  <${escapeTerminal(uri!)}>\n`;
		return `${out}\n`;
	}

	#ladders(): string {
		const options = { width: this.#width, time: "relative" as const, palette: this.#palette, zero: this.#zero };
		return this.#ladder.sessions.map((session) => ladderText(session, options)).join("\n");
	}

	#json({ chats, refused }: SceneResult, { lines, agreed }: Compared): void {
		for (const user of USERS) {
			for (const { kind, from, to, text, identities, isfocus } of chats[user].screen)
				this.#output.write(`${JSON.stringify({ event: "screen", user, kind, from, to, text, identities, isfocus })}\n`);
		}
		for (const refusal of refused) this.#output.write(`${JSON.stringify({ event: "refused", ...refusal })}\n`);
		this.#output.write(`${JSON.stringify({ event: "agreement", lines, agreed })}\n`);
	}
}
