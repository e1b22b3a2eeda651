import { hostPort, type Link } from "../../shell/net/links/index.js";
import { answerHeader, parseChallenge, userOf } from "../sip/digest.js";
import type { Outcome, SipEndpoint } from "../sip/endpoint.js";
import type { Ids } from "../wire/ids.js";
import type { Body, HeaderRow } from "../wire/sip.js";
import { quoted } from "../wire/text.js";
import type { ClientOptions } from "./settings.js";

/** Who we are, and the one link that all our SIP takes. */
export class Account {
	/** value of Contact */
	readonly contact: string;
	readonly #registration: { callId: string; sequence: number; tag: string };

	constructor(
		readonly options: ClientOptions,
		readonly ids: Ids,
		readonly sip: SipEndpoint,
		readonly link: Link,
	) {
		const { transport } = link;
		const webSocket = transport === "ws" || transport === "wss";
		// A browser does not know its address (RFC 7118 §5), and there is no transport wss (§4).
		const host = webSocket ? `${ids.token(12)}.invalid` : hostPort(link.local);
		this.contact = `${this.displayName}<sip:${userOf(options.user)}@${host};transport=${webSocket ? "ws" : transport}>`;
		this.#registration = { callId: ids.token(20), sequence: 0, tag: ids.token(10) };
	}

	get user(): string {
		return this.options.user;
	}

	/** `"Alice" ` for name-addr; "" when there is no name */
	get displayName(): string {
		const { name } = this.options;
		return name === undefined ? "" : `${quoted(name)} `;
	}

	/** REGISTER, with credentials when it is challenged; the status of the final response. */
	async register(rows: readonly HeaderRow[]): Promise<number> {
		const registrar = `sip:${this.user.slice(this.user.lastIndexOf("@") + 1)}`;
		const { callId, tag } = this.#registration;
		const headers = (): HeaderRow[] => [
			["From", `<${this.user}>;tag=${tag}`],
			["To", `<${this.user}>`],
			["Call-ID", callId],
			["CSeq", `${++this.#registration.sequence} REGISTER`],
			...rows,
		];
		const first = await this.sip.ask(this.link, "REGISTER", registrar, headers());
		const authorization = this.authorization(first, "REGISTER", registrar);
		if (authorization === undefined) return first.status;
		return (await this.sip.ask(this.link, "REGISTER", registrar, [...headers(), authorization])).status;
	}

	/** The row that answers a 401, where we can. */
	authorization({ response, status }: Outcome, method: string, uri: string): HeaderRow | undefined {
		const { password } = this.options;
		const challenge = status === 401 ? parseChallenge(response?.get("www-authenticate")) : undefined;
		if (challenge === undefined || password === undefined) return undefined;
		return ["Authorization", answerHeader(challenge, userOf(this.user), password, method, uri, this.ids.token(16))];
	}

	/** A request outside of dialogs. */
	ask(method: string, target: string, headers: readonly HeaderRow[], body?: Body): Promise<Outcome> {
		const given = new Set(headers.map(([name]) => name.toLowerCase()));
		const usual: HeaderRow[] = [
			["From", `${this.displayName}<${this.user}>;tag=${this.ids.token(10)}`],
			["To", `<${target}>`],
			["Call-ID", this.ids.token(20)],
			["CSeq", `1 ${method}`],
		];
		return this.sip.ask(this.link, method, target, [...usual.filter(([name]) => !given.has(name.toLowerCase())), ...headers], body);
	}
}
