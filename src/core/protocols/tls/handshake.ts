import type { Direction } from "../../model/flow.js";
import type { DiagnosticId } from "../../model/problem.js";
import { ConnectionKeys, type Role } from "./connection-keys.js";
import { CLIENT_HELLO, ENCRYPTED_EXTENSIONS, SERVER_HELLO } from "./handshake-reader.js";
import { type ClientHello, parseClientHello, parseEncryptedExtensions, parseServerHello, type ServerHello } from "./hello.js";
import { type AeadSuite, aeadSuite, suiteName, versionName } from "./suites.js";
import type { KeyLog, TlsFacts } from "./types.js";

const TLS12 = 0x0303;
const TLS13 = 0x0304;

/** What both directions learn from the hellos of one connection. */
export class Handshake {
	readonly facts: TlsFacts = {
		serverName: undefined,
		alpnOffered: [],
		alpnChosen: undefined,
		version: undefined,
		cipherSuite: undefined,
		clientRandom: undefined,
		reason: undefined,
	};
	/** who sent a ClientHello, or who did not send the ServerHello */
	client: Direction | undefined;
	/** negotiated version; known from a HelloRetryRequest already */
	version: number | undefined;
	/** set when both hellos are known and the suite can be decrypted */
	keys: ConnectionKeys | undefined;
	/** true, false, or not yet known; false where none was offered */
	earlyAccepted: boolean | undefined = false;
	/** the negotiated version or suite cannot be decrypted: the reason in the facts is final */
	unsupported = false;
	/** findings of the last message, emptied by who reports them */
	findings: { id: DiagnosticId; detail: string }[] = [];
	#clientHello: ClientHello | undefined;
	#serverHello: ServerHello | undefined;
	readonly #keyLog: KeyLog;

	constructor(keyLog: KeyLog) {
		this.#keyLog = keyLog;
	}

	role(dir: Direction): Role {
		return dir === this.client ? "client" : "server";
	}

	get clientHelloSeen(): boolean {
		return this.#clientHello !== undefined;
	}

	/** Takes one handshake message; true when the facts have changed. */
	message(dir: Direction, type: number, buf: Buffer, start: number, end: number): boolean {
		if (type === CLIENT_HELLO) return this.#onClientHello(dir, parseClientHello(buf, start, end));
		if (type === SERVER_HELLO) return this.#onServerHello(dir, parseServerHello(buf, start, end));
		if (type === ENCRYPTED_EXTENSIONS && this.version === TLS13) {
			const { alpn, earlyData } = parseEncryptedExtensions(buf, start, end);
			this.earlyAccepted = earlyData;
			this.facts.alpnChosen = alpn;
			return alpn !== undefined;
		}
		return false;
	}

	#onClientHello(dir: Direction, hello: ClientHello | undefined): boolean {
		if (hello === undefined) return false;
		this.client ??= dir;
		const first = this.#clientHello === undefined;
		// The second hello after a HelloRetryRequest keeps its random; the one of a TLS 1.2 renegotiation brings a new one.
		this.#clientHello = hello;
		if (!first) {
			if (this.version !== TLS13) this.#serverHello = undefined;
			return false;
		}
		if (hello.earlyData) this.earlyAccepted = undefined;
		this.facts.serverName = hello.serverName;
		this.facts.alpnOffered = hello.alpn;
		this.facts.clientRandom = hello.random.toString("hex");
		if (this.#serverHello !== undefined) this.#agree(this.#serverHello);
		return true;
	}

	#onServerHello(dir: Direction, hello: ServerHello | undefined): boolean {
		if (hello === undefined) return false;
		this.client ??= dir === 0 ? 1 : 0;
		this.version = hello.version;
		// Early data is refused by a retry, and by a full handshake.
		if (hello.retry || !hello.pskChosen) this.earlyAccepted = false;
		if (hello.retry) return false;
		this.#serverHello = hello;
		this.facts.version = versionName(hello.version);
		this.facts.cipherSuite = suiteName(hello.suite);
		if (hello.alpn !== undefined) this.facts.alpnChosen = hello.alpn;
		this.#agree(hello);
		return true;
	}

	#agree(hello: ServerHello): void {
		if (hello.version < TLS12) this.findings.push({ id: "tls.old-version", detail: versionName(hello.version) });
		const suite: AeadSuite | undefined = aeadSuite(hello.suite);
		if ((hello.version !== TLS12 && hello.version !== TLS13) || suite === undefined) {
			const what = `${versionName(hello.version)} with ${suiteName(hello.suite)}`;
			this.facts.reason = `${what} cannot be decrypted here`;
			this.findings.push({ id: "tls.unsupported-suite", detail: what });
			this.unsupported = true;
			return;
		}
		const client = this.#clientHello;
		if (client === undefined) return;
		this.facts.resumed = hello.version === TLS13 ? hello.pskChosen : hello.sessionId.length > 0 && hello.sessionId.equals(client.sessionId);
		this.keys = new ConnectionKeys(this.#keyLog, client.random, hello, suite);
	}
}
