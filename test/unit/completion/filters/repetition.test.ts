import { describe, expect, test } from "vitest";
import { accepted } from "../../../support/acceptedText.ts";

describe("closers, rulers and tables are no repetition", () => {
	test.each([
		["if a\n  if b\n    if c\n      x║", "\n    end\n  end\nend"],
		["a║", "\nend\nend\nend"],
		["<a>║", "</div></div></div></div></div>"],
		["<a>║", "</li></ul></li></ul></li></ul></li></ul>"],
		["<a>\n║", "      </div>\n    </div>\n  </div>\n</div>"],
		["<a>\n║", "</div>\n</div>\n</div>\n</div>"],
		["for\n║", "done\ndone\ndone"],
		["for; ║", "done; done; done; done"],
		["x ║", "end end end end end"],
		["  </section>\n║", "</section>"],
		["    endfunction\n  ║", "endfunction"],
		["  {% endif %}\n║", "{% endif %}"],
		["  if a\n    ║\n  end\nend\n", "end"],
		["  {{/each}}\n║", "{{/each}}"],
		["x║", "\n#endif\n#endif\n#endif"],
		["x║", "})})})})})})})})})"],
		["x║", "))))))))))))))))))))))))"],
		["x║", "\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}"],
		["x\n║", "  end if;\n  end if;\n  end if;"],
		["// ║", "-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-="],
		["// ║", "+----+----+----+----+----+----+"],
		["║", "|---|---|---|---|---|---|---|---|---|---|"],
		["x = [║", '"", "", "", "", "", ""]'],
		["x = [║", "[], [], [], [], []]"],
		["<p>x║", "></div></div></div></div>"],
		["x║", "\nend\n\nend\n\nend\n\nend"],
		["x║", "\nfi\nfi\nfi\nfi"],
		["x║", "\n  END IF;\nEND LOOP;\nEND;"],
		["<tr>║", "</td></tr></td></tr></td></tr></td></tr>"],
		["x║", " )) )) )) )) )) ))"],
		["x║", "|| || || || || || || || || || || || || || || || || ||"],
	])("%j and %j", (fixture, text) => {
		expect(accepted("plaintext", fixture, text)).toBe(fixture.replace("║", text));
	});
});

describe("what goes in circles is rejected, punctuation too", () => {
	test.each([
		["x = [║", ", '..', '..'".repeat(40)],
		["x = [║", "'..', ".repeat(20)],
		["x = [║", "'..', ".repeat(10)],
		["x = ║", '"" + '.repeat(20)],
		["x = ║", "[], ".repeat(30)],
		["x = ║", "(), ".repeat(30)],
		["x = ║", "{}, ".repeat(30)],
		["x = ║", "!".repeat(60)],
		["x = ║", "🙂".repeat(40)],
		["x = ║", "-".repeat(300)],
		["x║", "\nend".repeat(30)],
		["x║", "</div>".repeat(40)],
		["x║", ")".repeat(90)],
		["x║", "\nfoo();\nfoo();\nfoo();"],
		["x = ║", "'', ".repeat(40)],
		["x = ║", "% ".repeat(40)],
		["x = ║", "?, ".repeat(40)],
		["x = ║", "@@@@".repeat(20)],
		["x = ║", "\\n".repeat(40)],
		["x = ║", "$_, ".repeat(40)],
		["return a;\n  ║\n  return b;", "return b;"],
		["x║", "\nif a:\n  if a:\n    if a:"],
	])("%j and %j", (fixture, text) => {
		expect(accepted("plaintext", fixture, text)).toBe(undefined);
	});
});
