import type { Socket } from "node:net";

/**
 * Breaks a TCP connection off: the peer sees a reset. `upper` is the TLS on it, where there is any.
 *
 * While an end is just being sent libuv refuses to reset, and Node then leaves the connection open without a socket for it, which
 * never closes. So it is closed instead: the peer has its end already.
 */
export function resetNow(raw: Socket, upper: Socket = raw): void {
	if (endsNow(raw) || endsNow(upper)) {
		upper.destroy();
		raw.destroy();
		return;
	}
	if (!raw.destroyed) raw.resetAndDestroy();
	if (upper !== raw) upper.destroy();
}

/** All that was written is with the system, and the end is on its way there. */
function endsNow({ writableEnded, writableFinished, writableLength }: Socket): boolean {
	return writableEnded && !writableFinished && writableLength === 0;
}
