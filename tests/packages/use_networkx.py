"""Graph algorithms of networkx."""

import networkx as nx

roads = nx.Graph(name="roads")
roads.add_weighted_edges_from([
    ("a", "b", 4), ("a", "c", 2), ("c", "b", 1), ("b", "d", 5), ("c", "d", 8), ("d", "e", 3), ("e", "f", 1), ("g", "h", 7),
])
roads.nodes["a"]["kind"] = "city"
print(roads, roads.number_of_edges(), dict(roads.degree()), roads["a"]["b"], roads.nodes(data=True)["a"])
print(nx.dijkstra_path(roads, "a", "f"), nx.dijkstra_path_length(roads, "a", "f"))
print(nx.single_source_dijkstra_path_length(roads, "c"))
print(nx.shortest_path(roads, "a"), nx.has_path(roads, "a", "h"))
print([sorted(part) for part in nx.connected_components(roads)], sorted(nx.articulation_points(roads)), sorted(nx.bridges(roads)))
print(sorted(nx.minimum_spanning_edges(roads, data=False)), nx.minimum_spanning_tree(roads).size(weight="weight"))
print(nx.cycle_basis(roads), list(nx.bfs_edges(roads, "a")), list(nx.dfs_preorder_nodes(roads, "a")))
print({node: round(value, 4) for node, value in nx.betweenness_centrality(roads).items()})
print({node: round(value, 4) for node, value in nx.closeness_centrality(roads).items()})
print(nx.astar_path(roads, "a", "f", heuristic=lambda u, v: 0), nx.eccentricity(roads.subgraph("abcdef")))
try:
    nx.shortest_path(roads, "a", "h")
except nx.NetworkXNoPath as error:
    print(type(error).__name__, error)
try:
    nx.shortest_path(roads, "a", "nowhere")
except nx.NodeNotFound as error:
    print(type(error).__name__, error)

tasks = nx.DiGraph([("plan", "build"), ("build", "test"), ("test", "ship"), ("plan", "write"), ("write", "ship")])
print(list(nx.topological_sort(tasks)), list(nx.topological_generations(tasks)), nx.dag_longest_path(tasks))
print(sorted(nx.ancestors(tasks, "ship")), sorted(nx.descendants(tasks, "build")), nx.is_directed_acyclic_graph(tasks))
print(sorted(nx.transitive_closure(tasks).edges("plan")), nx.lowest_common_ancestor(tasks, "test", "write"))
tasks.add_edge("ship", "plan")
print([sorted(part) for part in nx.strongly_connected_components(tasks)], sorted(map(sorted, nx.simple_cycles(tasks))))

pipes = nx.DiGraph()
for start, end, capacity in [("s", "a", 10), ("s", "b", 5), ("a", "b", 15), ("a", "t", 9), ("b", "t", 10)]:
    pipes.add_edge(start, end, capacity=capacity)
value, flow = nx.maximum_flow(pipes, "s", "t")
print(value, flow, nx.minimum_cut(pipes, "s", "t")[0])

club = nx.karate_club_graph()
print(club, nx.diameter(club), nx.number_of_nodes(club), nx.transitivity(club), round(nx.average_clustering(club), 6))
print([sorted(group)[:4] for group in nx.community.greedy_modularity_communities(club)])
print([sorted(group)[:4] for group in nx.community.label_propagation_communities(club)])
print(sorted(nx.max_weight_matching(roads)), nx.greedy_color(club, strategy="largest_first")[0], nx.core_number(club)[33])
print(sorted(nx.find_cliques(nx.complete_graph(4))), nx.is_bipartite(nx.cycle_graph(6)), nx.is_isomorphic(nx.cycle_graph(4), nx.grid_2d_graph(2, 2)))
print(nx.is_planar(nx.complete_graph(5)), nx.check_planarity(nx.complete_graph(4))[0], nx.wiener_index(nx.path_graph(5)))
print(nx.gnp_random_graph(8, 0.4, seed=5).edges(), nx.barabasi_albert_graph(9, 2, seed=1).edges())
print(nx.to_dict_of_lists(nx.balanced_tree(2, 2)), nx.node_link_data(nx.path_graph(2), edges="links"))
print("\n".join(nx.generate_network_text(nx.balanced_tree(2, 2, create_using=nx.DiGraph))))
print(list(nx.generate_gml(nx.path_graph(2))), nx.parse_edgelist(["1 2", "2 3"], nodetype=int).edges())
multi = nx.MultiGraph([(1, 2), (1, 2), (2, 3)])
print(multi.number_of_edges(1, 2), list(nx.eulerian_path(multi)), nx.is_eulerian(multi), multi.edges(keys=True))
