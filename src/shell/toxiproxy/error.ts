import { ToxicError, type ToxicFault } from "../../core/toxics/settings.js";

/** What toxiproxy answers when something cannot be done: `{"error": …, "status": …}`. */
export class ToxiproxyError extends Error {
	readonly status: number;

	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

const STATUS: Readonly<Record<ToxicFault, number>> = { "bad request body": 400, stream: 400, type: 400, exists: 409, unknown: 404 };

/** Any error as one of these; what nobody thought of is the server's fault. */
export function toxiproxyError(error: unknown): ToxiproxyError {
	if (error instanceof ToxiproxyError) return error;
	if (error instanceof ToxicError) {
		const { fault, message } = error;
		return new ToxiproxyError(STATUS[fault], fault === "bad request body" ? `${fault}: ${message}` : message);
	}
	return new ToxiproxyError(500, error instanceof Error ? error.message : String(error));
}

export function badBody(message: string): ToxiproxyError {
	return new ToxiproxyError(400, `bad request body: ${message}`);
}
