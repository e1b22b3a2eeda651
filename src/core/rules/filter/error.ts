/** An expression that is not right: where, why, and what would be. */
export class FilterError extends Error {
	/** 1-based, in UTF-16 units of the expression */
	readonly column: number;
	/** units concerned, at least 1 */
	readonly length: number;
	readonly expression: string;

	constructor(expression: string, at: number, length: number, message: string) {
		super(message);
		this.name = "FilterError";
		this.expression = expression;
		this.column = at + 1;
		this.length = Math.max(1, length);
	}

	/** The message with its column, the expression, and a mark below what it is about; long expressions are cut. */
	report(): string {
		const from = Math.max(0, this.column - 1 - 60);
		const shown = this.expression.slice(from, this.column - 1 + 60).replace(/[\r\n\t]/g, " ");
		const cut = from > 0 ? "… " : "";
		const mark = "^".padEnd(Math.min(this.length, shown.length - (this.column - 1 - from)), "~");
		return `column ${this.column}: ${this.message}\n  ${cut}${shown}\n  ${" ".repeat(cut.length + this.column - 1 - from)}${mark}`;
	}
}
