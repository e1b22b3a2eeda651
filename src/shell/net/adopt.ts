import { type Server, Socket, type SocketConstructorOpts } from "node:net";
import { PooledReads } from "./pooled-reads.js";

/** A socket whose reads are pooled. */
export interface PooledSocket {
	socket: Socket;
	reads: PooledReads;
}

/** Windows hands a buffer to the system before octets arrive: memory cannot be shared there. */
export const CAN_POOL = process.platform !== "win32";

interface Handle {
	reading?: boolean;
	useUserBuffer?(buffer: Uint8Array): void;
}

/**
 * Moves the connection of an accepted socket, of which nothing was read yet (`pauseOnConnect`), to a socket with pooled reads:
 * a server cannot be told to accept such sockets. Undefined where this Node does not let it: then the socket is as it was.
 */
export function adopt(accepted: Socket): PooledSocket | undefined {
	const holder = accepted as unknown as { _handle: Handle | null };
	const handle = holder._handle;
	if (!CAN_POOL || handle === null || typeof handle?.useUserBuffer !== "function" || handle.reading !== false || accepted.destroyed) {
		return undefined;
	}
	const pooled = pooledSocket(handle);
	if (pooled === undefined) return undefined;
	holder._handle = null;
	accepted.destroy();
	return pooled;
}

/**
 * Lets a server that listens accept sockets with pooled reads, where `wanted` says so: `take` gets them instead of its "connection"
 * listeners, paused, and the server does not count them. Where this Node does not let it everything stays as it was.
 */
export function acceptPooled(server: Server, wanted: () => boolean, take: (accepted: PooledSocket) => void): void {
	const listening = (server as unknown as { _handle: Listening | null })._handle;
	const usual = listening?.onconnection;
	if (!CAN_POOL || listening === null || typeof usual !== "function") return;
	listening.onconnection = function (error, handle) {
		const fit = error === 0 && handle !== undefined && typeof handle.useUserBuffer === "function" && handle.reading === false && wanted();
		const pooled = fit ? pooledSocket(handle) : undefined;
		if (pooled === undefined) usual.call(this, error, handle);
		else take(pooled);
	};
}

interface Listening {
	onconnection?(error: number, handle: Handle | undefined): void;
}

function pooledSocket(handle: Handle): PooledSocket | undefined {
	const reads = new PooledReads();
	try {
		const options = { handle, allowHalfOpen: true, manualStart: true, pauseOnCreate: true, onread: reads };
		return { socket: new Socket(options as unknown as SocketConstructorOpts), reads };
	} catch {
		return undefined;
	}
}
