import type { Endpoint, OpenFlow } from "../../core/model/flow.js";
import type { MsrpFrame } from "../../core/protocols/msrp/types.js";
import { compareMsrpUri, parseMsrpUri } from "../../core/protocols/uri/index.js";
import {
	connect,
	hostPort,
	isSecure,
	type Link,
	type LinkOptions,
	type LinkServer,
	listen,
	type Place,
} from "../../shell/net/links/index.js";
import type { Ids } from "../wire/ids.js";
import { MsrpConnection } from "./connection.js";
import { answer, MsrpSession } from "./session.js";

/** MSRP sessions of one peer, the connections that carry them, and the place where it listens (RFC 4975 §5.4). */
export class MsrpEndpoint {
	readonly #ids: Ids;
	readonly #options: LinkOptions;
	readonly #tap: OpenFlow | undefined;
	readonly #sessions = new Map<string, MsrpSession>();
	readonly #connections = new Set<MsrpConnection>();
	#server: LinkServer | undefined;

	constructor(ids: Ids, options: LinkOptions, tap: OpenFlow | undefined) {
		this.#ids = ids;
		this.#options = { ...options, subprotocols: ["msrp"] };
		this.#tap = tap;
	}

	/** Where it listens; undefined when it does not. */
	get address(): LinkServer["address"] | undefined {
		return this.#server?.address;
	}

	async listen(place: Place): Promise<void> {
		this.#server = await listen(place, this.#options, (link) => this.#adopt(link));
	}

	/**
	 * A session with a new URI, at `advertised` or where we listen. Without a listener its port is 9: nobody can connect there
	 * (RFC 6135 §4.2.2).
	 */
	session(place: Pick<Place, "transport" | "host">, advertised?: Endpoint): MsrpSession {
		const at = advertised ?? this.#server?.address ?? { address: place.host, port: 9 };
		const ws = place.transport === "ws" || place.transport === "wss";
		const scheme = isSecure(place.transport) ? "msrps" : "msrp";
		const session = new MsrpSession(`${scheme}://${hostPort(at)}/${this.#ids.token(16)};${ws ? "ws" : "tcp"}`, this.#ids);
		this.#sessions.set(session.localPath, session);
		return session;
	}

	/** Opens a connection for a session and sends the first SEND; its status. */
	async open(session: MsrpSession, place: Place): Promise<number> {
		const connection = this.#adopt(await connect(place, this.#options, this.#tap));
		session.bind(connection);
		return session.hello();
	}

	/** Forgets a session; its connection is closed when no other session uses it. */
	drop(session: MsrpSession): void {
		this.#sessions.delete(session.localPath);
		const { connection } = session;
		if (connection === undefined) return;
		session.handlers = undefined;
		session.unbind(connection);
		if (![...this.#sessions.values()].some((other) => other.connection === connection)) connection.end();
	}

	async close(): Promise<void> {
		for (const session of [...this.#sessions.values()]) this.drop(session);
		for (const connection of [...this.#connections]) connection.end();
		await this.#server?.close();
	}

	#adopt(link: Link): MsrpConnection {
		const connection = new MsrpConnection(link, {
			request: (frame, from) => this.#request(frame, from),
			closed: (gone) => {
				this.#connections.delete(gone);
				for (const session of [...this.#sessions.values()]) session.unbind(gone);
			},
		});
		this.#connections.add(connection);
		return connection;
	}

	/** RFC 4975 §7.3: the session is found by the To-Path of the first request, and stays on that connection. */
	#request(frame: MsrpFrame, connection: MsrpConnection): void {
		const to = frame.toPath.at(-1) ?? "";
		const session = this.#sessions.get(to) ?? this.#find(to);
		if (session === undefined || frame.toPath.length !== 1) refuse(connection, frame, to, 481);
		else if (!session.bind(connection)) refuse(connection, frame, to, 506);
		else session.receive(frame, connection);
	}

	/** The same URI in another spelling (RFC 4975 §6.1). */
	#find(text: string): MsrpSession | undefined {
		const uri = parseMsrpUri(text);
		for (const session of this.#sessions.values()) {
			if (compareMsrpUri(uri, parseMsrpUri(session.localPath)).equal) return session;
		}
		return undefined;
	}
}

function refuse(connection: MsrpConnection, frame: MsrpFrame, localPath: string, status: number): void {
	if (frame.method !== "REPORT" && frame.get("failure-report")?.toLowerCase() !== "no") answer(connection, frame, localPath, status);
}
