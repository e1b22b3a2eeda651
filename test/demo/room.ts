import { DIAGNOSTICS } from "../../src/core/model/diagnostics/index.js";
import type { Entry } from "../../src/core/model/entry.js";
import type { Problem } from "../../src/core/model/problem.js";
import { Pipeline } from "../../src/core/pipeline/pipeline.js";
import { type Client, type ClientOptions, createClient, createFocus, type Focus, type FocusOptions } from "../../src/demo/index.js";

export const FACTORY = "sip:conf-factory@im.example.com";
export const ALICE = "sip:alice@example.com";
export const BOB = "sip:bob@example.com";
export const CAROL = "sip:carol@example.com";

export interface Finding {
	entry: number;
	id: string;
	detail: string;
}

/** A focus with clients on loopback, all of whose traffic, as the clients see it, goes through a pipeline. */
export class TestRoom {
	readonly entries: Entry[] = [];
	readonly findings: Finding[] = [];
	readonly pipeline: Pipeline;
	readonly #open: { close(): Promise<void> }[] = [];
	focus!: Focus;

	constructor() {
		this.pipeline = new Pipeline({
			classify: { given: {} },
			onEntry: (entry) => {
				if (entry.protocol === "sip") entry.sip.retain();
				if (entry.protocol === "msrp") entry.msrp.retain();
				this.entries.push(entry);
				for (const problem of entry.problems) this.#found(entry.number, problem);
			},
			onLate: (entry, problem) => this.#found(entry, problem),
		});
	}

	#found(entry: number, problem: Problem): void {
		const { severity } = DIAGNOSTICS[problem.id];
		if (severity === "error" || severity === "warn") this.findings.push({ entry, id: problem.id, detail: problem.detail ?? "" });
	}

	async start(options: Partial<FocusOptions> = {}): Promise<this> {
		this.focus = await createFocus({ listen: ["tcp://127.0.0.1:0"], ...options });
		return this;
	}

	async client(user: string, options: Partial<ClientOptions> = {}): Promise<Client> {
		const name = /sip:([a-z])([a-z]*)/.exec(user)!;
		const client = await createClient({
			user,
			name: `${name[1]!.toUpperCase()}${name[2]}`,
			server: this.focus.places[0]!,
			tap: (flow) => this.pipeline.openFlow(flow),
			...options,
		});
		this.#open.unshift(client);
		return client;
	}

	/** Alice, Bob and Carol in an ad-hoc room that Alice made, all subscribed. */
	async three(options: Partial<ClientOptions> = {}) {
		const alice = await this.client(ALICE, options);
		const bob = await this.client(BOB, options);
		const carol = await this.client(CAROL, options);
		for (const client of [alice, bob, carol]) await client.register();
		const a = await alice.call(FACTORY, [BOB, CAROL]);
		const b = await bob.called();
		const c = await carol.called();
		for (const chat of [a, b, c]) {
			await chat.connected();
			await chat.seen("Carol joined").catch(() => {});
		}
		return { alice, bob, carol, a, b, c };
	}

	async close(): Promise<void> {
		for (const one of this.#open) await one.close();
		await this.focus.close();
		this.pipeline.finish();
	}
}
