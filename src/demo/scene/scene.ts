import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry } from "../../core/model/entry.js";
import type { OpenFlow } from "../../core/model/flow.js";
import type { Problem } from "../../core/model/problem.js";
import { AlgStage } from "../../core/relay/alg-stage.js";
import type { RelayStage } from "../../core/relay/stage.js";
import { hostPort, type TlsIdentity } from "../../shell/net/links/link.js";
import { LocalAuthority } from "../../shell/net/tls/authority.js";
import { createProxy, type LiveProxy } from "../../shell/proxy/proxy.js";
import type { Chat } from "../client/chat.js";
import { type Client, createClient } from "../client/client.js";
import { createFocus, type Focus } from "../focus/focus.js";
import { countedIds } from "../wire/ids.js";
import { play, type Refusal, USERS, type UserName } from "./script.js";
import type { SceneTransport } from "./transports.js";

export interface SceneOptions {
	/** what carries SIP, and MSRP too where it can */
	transport: SceneTransport;
	/** ALG profiles on Bob's leg, from Bob to the room; none: nothing is rewritten anywhere */
	alg: readonly string[];
	/** tells runs apart that are recorded into one file: no Call-ID or session-id of one comes again in the other; default "" */
	seed?: string;
	/** milliseconds of rest before each act */
	pace: number;
	/** aborted: the scene is given up */
	signal?: AbortSignal;
	/** sees all octets, both legs (a recorder) */
	tap?(open: OpenFlow): OpenFlow;
	/** every message on both legs, lent for the call */
	onEntry(entry: Entry): void;
	onLate?(entryNumber: number, problem: Problem): void;
	/** what comes from here on belongs to that act */
	onAct?(title: string, index: number): void;
}

export interface SceneResult {
	chats: Readonly<Record<UserName, Chat>>;
	refused: Refusal[];
	/** the room's Contact as each client was shown it */
	contacts: Readonly<Record<UserName, string>>;
}

/** What the box on Bob's leg shows to others: a documentation address (RFC 5737), the same in every run. */
const OUTSIDE = { address: "203.0.113.9", port: 5071 };

/**
 * Plays one conversation of three clients in a room of the focus, each client through a hop of the real proxy that is named
 * after it; MSRP is led through the proxy by its SDP. Everything is on loopback and over when this is fulfilled.
 *
 * @throws AlgNameError for an unknown profile; Error when the scene comes to a halt
 */
export async function playScene(options: SceneOptions): Promise<SceneResult> {
	const folder = options.transport === "tls" ? await mkdtemp(join(tmpdir(), "mitmsrp-demo-")) : undefined;
	const open: { close(): Promise<unknown> }[] = [];
	try {
		return await staged(options, folder, open);
	} finally {
		for (const one of open.reverse()) await one.close();
		if (folder !== undefined) await rm(folder, { recursive: true, force: true });
	}
}

async function staged(options: SceneOptions, folder: string | undefined, open: { close(): Promise<unknown> }[]): Promise<SceneResult> {
	const { transport, pace, signal } = options;
	const media = transport === "udp" ? "tcp" : transport;
	const tls = folder === undefined ? undefined : await identity(folder);
	const focus = await createFocus({
		listen: [`${transport}://127.0.0.1:0`],
		msrp: `${media}://127.0.0.1:0`,
		ids: countedIds(`focus${options.seed ?? ""}`),
		...(tls === undefined ? {} : { tls }),
	});
	open.push(focus);
	const proxy = await startProxy(options, focus, media, folder);
	open.push({ close: () => proxy.close(500) });
	const clients = {} as Record<UserName, Client>;
	for (const user of USERS) {
		const place = (name: string): string => `${transport}://${hostPort(proxy.hops.find((one) => one.name === name)!)}`;
		clients[user] = await createClient({
			user: `sip:${user}@example.com`,
			name: `${user[0]!.toUpperCase()}${user.slice(1)}`,
			server: place(user),
			msrp: null,
			...(media === "ws" ? { msrpVia: place(`${user}-msrp`) } : {}),
			ids: countedIds(`${user}${options.seed ?? ""}`),
			...(tls === undefined ? {} : { tls: { ...tls, verify: false } }),
		});
		open.push(clients[user]);
	}
	let acts = 0;
	const act = async (title: string): Promise<void> => {
		signal?.throwIfAborted();
		if (pace > 0) await rest(pace, signal);
		options.onAct?.(title, acts++);
	};
	const { chats, refused } = await play({ clients, factory: focus.factory, act });
	const contacts = Object.fromEntries(USERS.map((user) => [user, chats[user].learned.contacts[0] ?? ""])) as Record<UserName, string>;
	return { chats, refused, contacts };
}

async function startProxy(options: SceneOptions, focus: Focus, media: string, folder: string | undefined): Promise<LiveProxy> {
	const { transport, alg, tap } = options;
	const target = folder === undefined ? "" : ",insecure";
	const proxy = createProxy({
		hops: USERS.flatMap((user) => [
			`${transport}://127.0.0.1:0=>${transport}://${hostPort(focus.address(transport))}${target},name=${user}`,
			...(media === "ws" ? [`ws://127.0.0.1:0=>ws://${hostPort(focus.msrp)},name=${user}-msrp`] : []),
		]),
		stages: alg.length === 0 ? [] : [onHop("bob", new AlgStage(alg, { outside: OUTSIDE }))],
		// Over WebSocket a client is told where to connect, not by SDP.
		...(media === "ws" ? {} : { anchor: "path" as const }),
		classify: { given: {} },
		...(tap === undefined ? {} : { tap }),
		...(folder === undefined ? {} : { authorityFolder: folder }),
	});
	proxy.on("entry", options.onEntry);
	proxy.on("late", (number, problem) => options.onLate?.(number, problem));
	await proxy.ready;
	return proxy;
}

/** The stage, for one hop only. */
function onHop(hop: string, stage: AlgStage): RelayStage {
	return {
		name: stage.name,
		touches: (connection, dir, protocol) => connection.client.hop === hop && stage.touches(connection, dir, protocol),
		sip: (unit) => stage.sip(unit),
		advance: (connection, now) => stage.advance(connection, now),
	};
}

async function identity(folder: string): Promise<TlsIdentity> {
	const authority = await LocalAuthority.open(folder);
	const { cert, key } = await authority.leaf("127.0.0.1");
	return { cert, key };
}

function rest(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(resolve, milliseconds);
		signal?.addEventListener(
			"abort",
			() => {
				clearTimeout(timer);
				reject(signal.reason);
			},
			{ once: true },
		);
	});
}
