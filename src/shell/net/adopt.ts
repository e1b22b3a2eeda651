import { Socket, type SocketConstructorOpts } from "node:net";
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
	const reads = new PooledReads();
	let socket: Socket;
	try {
		const options = { handle, allowHalfOpen: true, manualStart: true, pauseOnCreate: true, onread: reads };
		socket = new Socket(options as unknown as SocketConstructorOpts);
	} catch {
		return undefined;
	}
	holder._handle = null;
	accepted.destroy();
	return { socket, reads };
}
