/**
 * Code and prose of the kinds that people complete, for measuring what a model puts into its KV cache.
 * Written for this purpose; what it says is of no matter, that it looks like files does.
 */
export const calibrationText = `import { readFile } from "node:fs/promises";

export interface Order {
	readonly id: string;
	readonly lines: readonly { sku: string; quantity: number; price: number }[];
}

/** Reads the orders of one day. Throws when the file isn't JSON. */
export async function readOrders(path: string): Promise<readonly Order[]> {
	const text = await readFile(path, "utf8");
	return JSON.parse(text) as Order[];
}

export function total(order: Order, taxRate = 0.19): number {
	let sum = 0;
	for (const { quantity, price } of order.lines) {
		sum += quantity * price;
	}
	return Math.round(sum * (1 + taxRate) * 100) / 100;
}

# -*- coding: utf-8 -*-
from collections import defaultdict
import logging

logger = logging.getLogger(__name__)


class Graph:
    """A directed graph with weights on its edges."""

    def __init__(self, edges=()):
        self._edges = defaultdict(dict)
        for source, target, weight in edges:
            self._edges[source][target] = weight

    def shortest_path(self, start, goal):
        queue = [(0, start, [start])]
        seen = set()
        while queue:
            cost, node, path = heapq.heappop(queue)
            if node == goal:
                return cost, path
            if node in seen:
                continue
            seen.add(node)
            for target, weight in self._edges[node].items():
                heapq.heappush(queue, (cost + weight, target, path + [target]))
        raise KeyError(f"no path from {start!r} to {goal!r}")


package server

import (
	"context"
	"encoding/json"
	"net/http"
)

// Handler answers requests for one resource.
type Handler struct {
	store Store
	limit int
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	items, err := h.store.List(ctx, h.limit)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(items)
}

#include <stdio.h>
#include <stdlib.h>

#define MAX_LINE 4096

static int compare(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

int main(int argc, char **argv) {
    int values[] = {5, 3, 9, 0x1f, -7, 42};
    size_t n = sizeof values / sizeof values[0];
    qsort(values, n, sizeof values[0], compare);
    for (size_t i = 0; i < n; i++) printf("%d%c", values[i], i + 1 < n ? ' ' : '\\n');
    return argc > 1 ? atoi(argv[1]) : EXIT_SUCCESS;
}

use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq)]
pub enum Token<'a> {
    Number(f64),
    Ident(&'a str),
    Punct(char),
}

impl<'a> Lexer<'a> {
    pub fn next_token(&mut self) -> Option<Result<Token<'a>, Error>> {
        self.skip_whitespace();
        match self.chars.peek()? {
            c if c.is_ascii_digit() => Some(self.number().map(Token::Number)),
            c if c.is_alphabetic() || *c == '_' => Some(Ok(Token::Ident(self.ident()))),
            _ => self.chars.next().map(|c| Ok(Token::Punct(c))),
        }
    }
}

public final class Cache<K, V> {
    private final Map<K, V> values = new LinkedHashMap<>(16, 0.75f, true);

    @Override
    public synchronized V get(K key) {
        return values.computeIfAbsent(key, k -> loader.load(k));
    }
}

SELECT customer.name, COUNT(*) AS orders
FROM customer LEFT JOIN orders ON orders.customer_id = customer.id
WHERE orders.created_at >= '2024-01-01' GROUP BY customer.name HAVING COUNT(*) > 3;

<!doctype html>
<ul class="menu">
  <li><a href="/about?lang=de&amp;page=2">Über uns</a></li>
</ul>

# How to install

Download the archive, unpack it and run \`make install\`. Größe, café, 東京, привет: names may
hold any letters. If something doesn't work, please open an issue with the output of \`tool --version\`.

{"name": "demo", "version": "1.4.2", "scripts": {"test": "vitest run"}, "private": true, "size": 1e-6}

==================================================================================
0000 1111 2222 3333 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa           \t\t\t\t


`;
