/**
 * A function that remembers its answers and forgets them all once there are too many: what is asked while
 * somebody types is asked again with the next key. `undefined` is no answer and not remembered.
 */
export function remembered<Question, Answer>(
	answerTo: (question: Question) => Answer,
	maxAnswers: number,
): (question: Question) => Answer {
	const answers = new Map<Question, Answer>();
	return (question) => {
		const known = answers.get(question);
		if (known !== undefined) {
			return known;
		}
		const answer = answerTo(question);
		if (answers.size >= maxAnswers) {
			answers.clear();
		}
		if (answer !== undefined) {
			answers.set(question, answer);
		}
		return answer;
	};
}
