import { type Command, InvalidArgumentError } from "commander";
import { API_PORT, SHORTEST_TOKEN } from "../api/defaults.js";
import type { Io } from "./io.js";
import { type Place, place } from "./place.js";

export interface ApiFlags {
	api?: true | Place;
	apiToken?: string;
}

export const TOKEN_VARIABLE = "MITMSRP_API_TOKEN";

export function addApiOptions<C extends Command>(command: C): C {
	command
		.option("--api [host:port]", `control API, HTTP with JSON (docs/reference/api.md; default: 127.0.0.1:${API_PORT})`, place(API_PORT))
		.option(
			"--api-token <token>",
			`what its requests have to bring along (default: ${TOKEN_VARIABLE} of the environment, else drawn and printed)`,
			token,
		);
	return command;
}

/** What is wrong with the token of the environment; undefined when nothing is. */
export function tokenRefused({ api, apiToken }: ApiFlags, io: Io): string | undefined {
	if (api === undefined) return apiToken === undefined ? undefined : "--api-token is for --api: give both";
	const given = apiToken === undefined ? io.env[TOKEN_VARIABLE] : undefined;
	return given === undefined || isToken(given) ? undefined : `${TOKEN_VARIABLE}: ${TOKEN_RULE}`;
}

const TOKEN_RULE = `a token has ${SHORTEST_TOKEN} visible characters of ASCII at least`;

function token(text: string): string {
	if (!isToken(text)) throw new InvalidArgumentError(`${TOKEN_RULE}.`);
	return text;
}

function isToken(text: string): boolean {
	return text.length >= SHORTEST_TOKEN && /^[\x21-\x7e]+$/.test(text);
}
