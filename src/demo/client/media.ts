import type { SdpMsrp } from "../../core/protocols/sdp/types.js";
import { isSecure, type Place, parsePlace } from "../../shell/net/links/index.js";
import { Descriptions } from "../msrp/descriptions.js";
import type { MsrpEndpoint } from "../msrp/endpoint.js";
import type { MsrpSession } from "../msrp/session.js";
import type { Account } from "./account.js";

export type Role = "active" | "passive" | "actpass";

/** MSRP of a client: session descriptions, and connections where it is the active side. */
export class ClientMedia {
	readonly #account: Account;
	readonly #msrp: MsrpEndpoint;
	readonly #descriptions = new Descriptions();

	constructor(account: Account, msrp: MsrpEndpoint) {
		this.#account = account;
		this.#msrp = msrp;
	}

	/** Role in offers: who does not listen cannot be connected to (RFC 6135 §4.2.2). */
	get offers(): Role {
		return this.#msrp.address === undefined ? "active" : "actpass";
	}

	/** Role in the answer to an offer. */
	answers(offered: Role | "holdconn" | undefined): "active" | "passive" {
		if (offered === "active" || offered === undefined) return "passive";
		return offered === "actpass" && this.#msrp.address !== undefined && this.#account.options.setup === "passive" ? "passive" : "active";
	}

	session(): MsrpSession {
		const { link, options } = this.#account;
		const usual = isSecure(link.transport) ? "tls://127.0.0.1:0" : "tcp://127.0.0.1:0";
		const { transport } = parsePlace(options.msrpVia ?? options.msrp ?? usual);
		return this.#msrp.session({ transport, host: link.local.address });
	}

	/** `room`: the peer's description says that it is a chat room, so ours says what we can do there (RFC 7701 §8). */
	describe(session: MsrpSession, setup: Role, room: boolean): Buffer {
		const { link, options } = this.#account;
		const own = this.#msrp.address ?? { address: link.local.address, port: 9 };
		return this.#descriptions.describe(session, {
			address: own.address,
			port: own.port,
			secure: session.localPath.startsWith("msrps:"),
			acceptTypes: options.acceptTypes ?? ["message/cpim", "text/plain"],
			acceptWrappedTypes: ["*"],
			setup,
			chatroom: options.chatroom === false ? undefined : (options.chatroom ?? (room ? ["nickname", "private-messages"] : undefined)),
		});
	}

	/**
	 * Connects to the first URI of the peer's path, or to the box that was set (RFC 4975 §5.4).
	 *
	 * @throws Error when there is no such place, nobody listens there, or the first SEND is refused
	 */
	async connect(session: MsrpSession, { path }: SdpMsrp): Promise<void> {
		const via = this.#account.options.msrpVia;
		const status = await this.#msrp.open(session, via === undefined ? placeOf(path[0] ?? "") : parsePlace(via));
		if (status !== 200) throw new Error(`the first SEND on the MSRP connection was answered with ${status}`);
	}

	drop(session: MsrpSession): void {
		this.#msrp.drop(session);
	}
}

function placeOf(path: string): Place {
	const uri = /^(msrps?):\/\/(?:[^@/]*@)?(?:\[([^\]]+)\]|([^:/]+)):(\d+)(?:\/[^;]*)?;(tcp|ws)/i.exec(path);
	if (uri === null) throw new Error(`${path} names no place to connect to`);
	const secure = uri[1]!.toLowerCase() === "msrps";
	const transport = uri[5]!.toLowerCase() === "ws" ? (secure ? "wss" : "ws") : secure ? "tls" : "tcp";
	return { transport, host: uri[2] ?? uri[3]!, port: Number(uri[4]) };
}
