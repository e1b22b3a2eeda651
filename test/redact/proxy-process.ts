import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";

/** `mitmsrp proxy` in a process of its own. */
export class ProxyProcess {
	output = "";
	readonly #child: ChildProcess;
	readonly #ended: Promise<unknown>;
	#port = 0;

	private constructor(child: ChildProcess) {
		this.#child = child;
		this.#ended = new Promise((done) => child.once("close", done));
	}

	static start(main: string, args: readonly string[]): Promise<ProxyProcess> {
		const child = spawn(process.execPath, [main, "proxy", ...args], { stdio: ["ignore", "pipe", "pipe"] });
		const made = new ProxyProcess(child);
		return new Promise((done, fail) => {
			const take = (chunk: Buffer): void => {
				made.output += chunk.toString("utf8");
				const port = /listening at tcp:\/\/127\.0\.0\.1:(\d+)/.exec(made.output)?.[1];
				if (port === undefined || made.#port !== 0) return;
				made.#port = Number(port);
				done(made);
			};
			child.stdout!.on("data", take);
			child.stderr!.on("data", take);
			child.once("error", fail);
			child.once("close", () => fail(new Error(`ended early: ${made.output}`)));
		});
	}

	/** A REGISTER through the proxy; resolves with the response. */
	register(user: string): Promise<string> {
		return new Promise((done, fail) => {
			const socket = connect(this.#port, "127.0.0.1");
			socket.once("error", fail);
			socket.once("data", (chunk) => {
				socket.end();
				done(chunk.toString("latin1"));
			});
			socket.write(
				`REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <${user}>;tag=1\r\nTo: <${user}>\r\nCall-ID: 1@alice.example.com\r\nCSeq: 1 REGISTER\r\nContact: <${user}>\r\nContent-Length: 0\r\n\r\n`,
			);
		});
	}

	async stop(): Promise<void> {
		this.#child.kill("SIGINT");
		await this.#ended;
	}
}
