"""SQL parsed, changed, optimized, and written in other dialects by sqlglot."""

import sqlglot
from sqlglot import exp, parse_one
from sqlglot.diff import diff
from sqlglot.executor import execute
from sqlglot.lineage import lineage
from sqlglot.optimizer import optimize

for sql, read, write in [
    ("SELECT EPOCH_MS(1618088028295)", "duckdb", "hive"),
    ("SELECT STRFTIME(x, '%y-%-m-%S')", "duckdb", "hive"),
    ("WITH baz AS (SELECT a, c FROM foo WHERE a = 1) SELECT f.a, b.b FROM foo f JOIN baz b ON f.a = b.a", None, "spark"),
    ("SELECT `a`, DATE_ADD(d, INTERVAL 3 DAY) FROM t LIMIT 5, 10", "mysql", "postgres"),
    ("SELECT TOP 3 [name], ISNULL(x, 0) FROM [dbo].[t] WHERE y LIKE '%a'", "tsql", "bigquery"),
    ("SELECT x::int, y ->> 'k', ARRAY[1, 2] FROM t, UNNEST(z) AS u(v)", "postgres", "snowflake"),
    ("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, s VARCHAR(20) NOT NULL DEFAULT 'x')", "mysql", "sqlite"),
    ("MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN UPDATE SET a.y = b.y WHEN NOT MATCHED THEN INSERT (x) VALUES (b.x)", None, "snowflake"),
    ("SELECT SUM(x) OVER (PARTITION BY g ORDER BY t ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS s FROM r QUALIFY s > 1", "snowflake", "duckdb"),
]:
    print(write, sqlglot.transpile(sql, read=read, write=write)[0])

query = """
SELECT c.name, COUNT(*) AS n, SUM(o.total) /* money */ AS total
FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id AND o.total > 10
WHERE c.country IN ('de', 'fr') AND NOT c.closed
GROUP BY c.name HAVING COUNT(*) > 2 ORDER BY total DESC, n LIMIT 10
"""
tree = parse_one(query)
print(tree.sql(pretty=True))
print(sorted({table.name for table in tree.find_all(exp.Table)}), [column.sql() for column in tree.find_all(exp.Column)])
print(repr(parse_one("SELECT a + 1 AS b FROM t")))
print(tree.transform(lambda node: exp.column("id") if isinstance(node, exp.Column) and node.name == "name" else node).sql())
print(exp.select("x", "y").from_("t").where("x > 1", exp.column("y").is_(exp.null())).order_by("x").limit(3).sql())
print(exp.condition("a = 1").and_("b = 2").or_("c = 3").not_().sql(), parse_one("a + b * c % 2 - -d").sql())

schema = {"x": {"A": "INT", "B": "INT", "C": "INT"}, "y": {"A": "INT", "D": "STRING"}}
print(optimize(parse_one("""
SELECT x.A OR (x.B OR (C AND D)) AS z, (SELECT MAX(x.b) FROM x) AS m FROM x JOIN (SELECT a, d FROM y WHERE 1 = 1) AS y ON x.a = y.a
WHERE Z = date '2021-01-01' + INTERVAL '1' month OR 1 = 0
"""), schema=schema).sql(pretty=True))
print(optimize("SELECT * FROM x WHERE a = 1 + 2 AND TRUE AND b BETWEEN 3 AND 5", schema=schema).sql())

changes = diff(parse_one("SELECT a + b, c FROM t"), parse_one("SELECT a - b, c, d FROM t"))
print(sorted((type(change).__name__, getattr(change, "expression", getattr(change, "source", None)).sql()) for change in changes if type(change).__name__ != "Keep"))

tables = {
    "sushi": [{"id": 1, "price": 1.0}, {"id": 2, "price": 2.0}, {"id": 3, "price": 3.0}],
    "items": [{"sushi_id": 1, "order_id": 1}, {"sushi_id": 1, "order_id": 1}, {"sushi_id": 2, "order_id": 1}, {"sushi_id": 3, "order_id": 2}],
    "orders": [{"id": 1, "user_id": 1}, {"id": 2, "user_id": 2}],
}
print(execute("""SELECT o.user_id, s.price / 2 AS half, SUM(s.price) AS total FROM orders o JOIN items i ON o.id = i.order_id
JOIN sushi s ON i.sushi_id = s.id GROUP BY o.user_id, s.price ORDER BY o.user_id, half""", tables=tables))
node = lineage("n", "SELECT z.n FROM (SELECT a + b AS n FROM x) AS z", schema={"x": {"a": "INT", "b": "INT"}})
print(sorted(step.name for step in node.walk()))
for wrong in ["SELECT foo FROM (SELECT baz FROM t", "SELECT FROM WHERE", "SELECT 'abc"]:
    try:
        print(parse_one(wrong).sql())
    except sqlglot.errors.SqlglotError as error:
        print(type(error).__name__, str(error).replace("\x1b[4m", "<").replace("\x1b[0m", ">"))
