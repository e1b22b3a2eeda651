/** A rule file with one rule. */
export function rule(match: string, ...actions: readonly string[]): string {
	return `- name: r\n  match: '${match.replaceAll("'", "''")}'\n  actions:\n${actions.map((action) => `    - ${action}\n`).join("")}`;
}

/** Byte-Range of a whole body. */
export const whole = (body: string | Buffer): string => `1-${Buffer.byteLength(body)}/${Buffer.byteLength(body)}`;
