import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Endpoint } from "../../src/core/model/flow.js";
import type { Report } from "../../src/core/replay/conversation.js";
import { Planner } from "../../src/core/replay/plan.js";
import type { Plan } from "../../src/core/replay/types.js";
import { analyzeCapture, type Entry } from "../../src/index.js";
import type { Transport } from "../../src/shell/net/links/index.js";
import { type ReplayOptions, replay } from "../../src/shell/replay/replay.js";

/** Both sides of a capture of the project; `chosen`: of these entries only. */
export async function plans(
	name: string,
	session?: string,
	chosen: (entry: Entry) => boolean = () => true,
): Promise<{ client: Plan; server: Plan }> {
	const client = new Planner("client");
	const server = new Planner("server");
	await analyzeCapture(
		fileURLToPath(new URL(`../../captures/${name}`, import.meta.url)),
		{},
		{
			entry: (entry) => {
				if ((session !== undefined && entry.links.session !== session) || !chosen(entry)) return;
				client.add(entry);
				server.add(entry);
			},
		},
	);
	return { client: client.finish(), server: server.finish() };
}

/** The client's side played into the server's side. */
export async function against(
	client: Plan,
	server: Plan,
	transport: Transport,
	change: { client?: Partial<ReplayOptions>; server?: Partial<ReplayOptions> } = {},
	host = "127.0.0.1",
): Promise<{ client: Report; server: Report }> {
	const listening = new EventTarget();
	let address: Endpoint | undefined;
	const ready = once(listening, "ready");
	const serving = replay(server, {
		timeout: 2000,
		listen: { transport, host, port: 0 },
		onListening: (at) => {
			address = at;
			listening.dispatchEvent(new Event("ready"));
		},
		...change.server,
	});
	await Promise.race([ready, serving]);
	const played = await replay(client, { timeout: 2000, to: { transport, host: address!.address, port: address!.port }, ...change.client });
	return { client: played, server: await serving };
}

/** What went wrong, in short: empty when nothing that matters did. */
export function faults(report: Report): string[] {
	const steps = report.steps.flatMap(({ step, state, differences }) => {
		const what = differences.filter(({ matters }) => matters).map(({ what, recorded, live }) => `${what}: ${recorded} | ${live}`);
		return state === "played" && what.length === 0 ? [] : [`#${step.entry} ${step.summary} ${state} ${what.join("; ")}`.trimEnd()];
	});
	return [...(report.stopped === undefined ? [] : [report.stopped]), ...steps, ...report.unexpected.map((text) => `unexpected ${text}`)];
}
