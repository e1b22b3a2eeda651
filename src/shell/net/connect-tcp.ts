import { createConnection, type NetConnectOpts, type Socket } from "node:net";
import { CAN_POOL } from "./adopt.js";
import type { Gone } from "./gone.js";
import { PooledReads } from "./pooled-reads.js";

export interface ConnectOptions {
	host: string;
	port: number;
	/** milliseconds */
	timeout: number;
	/** read without an allocation each; not for sockets that TLS will wrap */
	pooled: boolean;
	gone?: Gone;
}

export interface Connected {
	socket: Socket;
	reads: PooledReads | undefined;
}

/** What a failed or timed-out attempt rejects with: `code` as the system names it. */
export class ConnectError extends Error {
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

/** Opens a TCP connection; the socket is paused. */
export function connectTcp(options: ConnectOptions): Promise<Connected> {
	return new Promise((resolve, reject) => {
		const reads = options.pooled && CAN_POOL ? new PooledReads() : undefined;
		const connecting: NetConnectOpts = {
			host: options.host,
			port: options.port,
			allowHalfOpen: true,
			noDelay: true,
			keepAlive: true,
			keepAliveInitialDelay: KEEP_ALIVE,
			...(reads === undefined ? {} : { onread: reads }),
		};
		const socket = createConnection(connecting);
		socket.pause();
		const timer = setTimeout(() => fail(new ConnectError("ETIMEDOUT", `no answer within ${options.timeout / 1000} s`)), options.timeout);
		const aborted = (): void => fail(new ConnectError("ECANCELED", "given up"));
		const settle = (): void => {
			clearTimeout(timer);
			socket.off("error", fail);
			options.gone?.tell(undefined);
		};
		const fail = (error: NodeJS.ErrnoException): void => {
			settle();
			// A late error of a socket that was given up is nobody's business.
			socket.on("error", () => {});
			socket.destroy();
			reject(error instanceof ConnectError ? error : new ConnectError(codeOf(error), error.message));
		};
		socket.once("error", fail);
		options.gone?.tell(aborted);
		if (options.gone?.aborted === true) aborted();
		socket.once("connect", () => {
			settle();
			// Until somebody reads: what went wrong stays in `errored`.
			socket.on("error", () => {});
			resolve({ socket, reads });
		});
	});
}

/** milliseconds of silence after which TCP keep-alive begins to ask */
export const KEEP_ALIVE = 60_000;

/** An attempt at several addresses fails with one error that holds the others. */
function codeOf(error: NodeJS.ErrnoException): string {
	if (error.code !== undefined) return error.code;
	const [first] = (error as { errors?: NodeJS.ErrnoException[] }).errors ?? [];
	return first?.code ?? "EUNKNOWN";
}
