import type { IncomingMessage } from "node:http";
import { ApiError } from "./route.js";

/** octets of a request's body */
const MOST_BODY = 16 << 20;

/** The JSON of a body; undefined where there is none. @throws ApiError */
export async function readBody(request: IncomingMessage): Promise<unknown> {
	const { headers } = request;
	if (Number(headers["content-length"] ?? 0) > MOST_BODY) throw tooLarge();
	const octets = await wholeBody(request);
	if (octets.length === 0) return undefined;
	// A form of another site can send other types without being asked first, never this one.
	if (!/^application\/json\s*(;|$)/i.test(headers["content-type"] ?? "")) {
		throw new ApiError(415, "Not JSON", "send the body as JSON, with Content-Type: application/json");
	}
	try {
		return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(octets));
	} catch (error) {
		throw new ApiError(400, "Bad JSON", `the body does not parse: ${(error as Error).message}`);
	}
}

/** Not by iteration: leaving that early would close the connection that the answer has to go out on. */
function wholeBody(request: IncomingMessage): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		let size = 0;
		request.on("data", (chunk: Buffer) => {
			size += chunk.length;
			if (size > MOST_BODY) {
				chunks.length = 0;
				request.pause();
				reject(tooLarge());
			} else chunks.push(chunk);
		});
		request.on("end", () => resolve(Buffer.concat(chunks)));
		request.on("close", () => reject(new ApiError(400, "Incomplete request", "the connection ended before the body did")));
	});
}

function tooLarge(): ApiError {
	return new ApiError(413, "Too large", `the body may have ${MOST_BODY} octets`, { connection: "close" });
}
