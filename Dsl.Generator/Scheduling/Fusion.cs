using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <summary>
/// Decides which kernel computes which node. In graph order each anchor opens a kernel (or joins one with the same domain), and
/// each pointwise node joins the latest kernel among its producers when the domains agree: its epilogue. Then it is decided
/// which nodes are written to memory; all others are computed again wherever they are needed.
/// </summary>
internal sealed partial class Fusion
{
    private readonly Graph _graph;

    // By node: the kernel that computes it, or None; who reads it, through views; and what is known of it.
    private readonly int[] _home;
    private readonly List<Node>?[] _users;
    private readonly bool[] _materialised;
    private readonly bool[] _recomputable;
    private readonly bool[] _forced;
    private readonly bool[] _repeated;

    /// <summary>Of a row kernel's node: how many sweeps must be over before it is known.</summary>
    private readonly int[] _sweeps;
    private readonly Dictionary<Node, string> _reasons = new();
    private readonly List<FusedKernel> _kernels = new();

    /// <summary>The kernels with an anchor whose first operand is this one.</summary>
    private readonly Dictionary<Node, List<FusedKernel>> _readers = new();

    private readonly IReadOnlyCollection<Node> _apart;

    private Fusion(Graph graph, IReadOnlyCollection<Node> apart, IEnumerable<Node> stored)
    {
        _graph = graph;
        _apart = apart;
        int count = graph.Nodes.Count;
        _home = new int[count];
        _users = new List<Node>?[count];
        _materialised = new bool[count];
        _recomputable = new bool[count];
        _forced = new bool[count];
        _repeated = new bool[count];
        _sweeps = new int[count];
        foreach (Node node in graph.Nodes)
        {
            _home[node.Id] = None;
            if (!Views.IsView(node))
            {
                foreach (Node input in node.Inputs)
                {
                    int shown = Views.Base(input).Id;
                    (_users[shown] ??= new List<Node>()).Add(node);
                    _repeated[shown] |= IsRepeated(input);
                }
            }
        }

        Force();
        foreach (Node node in stored)
        {
            _forced[node.Id] = true;
        }

        PlaceTables();
        foreach (Node node in graph.Nodes)
        {
            Place(node);
        }

        Materialise();
        foreach (Node node in graph.Nodes)
        {
            if (_materialised[node.Id] && node.Op is not JoinOp)
            {
                _kernels[_home[node.Id]].Stores.Add(node);
            }

            if (node.Op is PointwiseOp && _home[node.Id] != None)
            {
                _kernels[_home[node.Id]].Members.Add(node);
            }
        }
    }

    private const int None = -1;

    /// <summary>Fuses; then takes kernels apart that would name more buffers than a launch can.</summary>
    public static Fusion Of(Graph graph)
    {
        var apart = new HashSet<Node>();
        var stored = new HashSet<Node>();
        while (true)
        {
            var fusion = new Fusion(graph, apart, stored);
            var counts = fusion.Kernels.Select(k => new BufferCount(fusion, k)).ToList();
            bool split = counts.Aggregate(false, (any, count) =>
                (count.Overflow is { } node && apart.Add(node)) || any);
            if (!split && !counts.Aggregate(false, (any, count) =>
                (count.Again is { } node && stored.Add(node)) || any))
            {
                return fusion;
            }
        }
    }

    /// <summary>Kernels that write something, in launch order.</summary>
    public IEnumerable<FusedKernel> Kernels => _kernels.Where(static k => k.Stores.Count > 0);

    /// <summary>Why a pointwise node opened a kernel of its own instead of joining its producer's.</summary>
    public IReadOnlyDictionary<Node, string> Reasons => _reasons;

    /// <summary>Whether a node is written to memory.</summary>
    public bool IsMaterialised(Node node) => _materialised[node.Id];

    /// <summary>Whether <paramref name="kernel"/> itself produces the node (else it loads it, or computes it again).</summary>
    public bool IsHome(Node node, FusedKernel kernel) => _home[node.Id] == kernel.Index;

    /// <summary>Nodes that must be in memory whatever is fused: results, and what a skeleton reads by itself.</summary>
    private void Force()
    {
        foreach (GraphOutput output in _graph.Outputs)
        {
            _forced[Views.Base(output.Node).Id] = true;
        }

        foreach (Node node in _graph.Nodes)
        {
            if (node.Op is ReshapeOp or SliceOp)
            {
                int shown = Views.Base(node).Id;
                _forced[shown] |= _users[shown] is not null;
            }

            // What the skeleton reads straight from memory.
            Placement? placement = node.Op.Placement;
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                if (node.Op is JoinOp || (placement is not null && placement.Form(i) != OperandForm.Body))
                {
                    _forced[Views.Base(node.Inputs[i]).Id] = true;
                }
            }
        }
    }

    private FusedKernel Open(Node first, Skeleton skeleton, ImmutableArray<Size> shape, ImmutableArray<int> reduced)
    {
        var kernel = new FusedKernel(_kernels.Count, skeleton, shape, reduced, first.IsReplay);
        _kernels.Add(kernel);
        return kernel;
    }

    /// <summary>
    /// What is made of leaves alone, takes work and is used for many elements alike, such as the factors of a norm in
    /// inference, is computed in front of everything else: whoever uses it still joins its producer's kernel.
    /// </summary>
    private void PlaceTables()
    {
        var ofLeaves = new bool[_graph.Nodes.Count];
        foreach (Node node in _graph.Nodes)
        {
            if (node.Op is not PointwiseOp || Views.IsNumber(node) || !node.Inputs.All(IsOfLeaves))
            {
                continue;
            }

            ofLeaves[node.Id] = true;
            if (IsTable(node) && Earliest(node) is { } earliest)
            {
                FusedKernel? open = _apart.Contains(node)
                    ? null : _kernels.LastOrDefault(k => k.Index >= earliest && node.SameShape(k.Shape));
                _home[node.Id] = (open ?? Open(node, Skeleton.Map, node.Shape, ImmutableArray<int>.Empty)).Index;
            }
        }

        // The first kernel that may compute it: what it reads in memory is written before, and what is of the same element may be
        // computed in the same one. Null when it reads part of what is not placed yet, or what will be written later.
        int? Earliest(Node node)
        {
            int earliest = 0;
            foreach (Node input in node.Inputs)
            {
                Node shown = Views.Base(input);
                bool isWhole = shown == input;
                int? own = Views.IsLeaf(shown) || Views.IsNumber(shown) ? 0
                    : _home[shown.Id] != None ? _home[shown.Id] + (isWhole ? 0 : 1)
                    : isWhole && !_forced[shown.Id] ? Earliest(shown) : null;
                if (own is not { } kernel)
                {
                    return null;
                }

                earliest = System.Math.Max(earliest, kernel);
            }

            return earliest;
        }

        bool IsOfLeaves(Node input)
        {
            Node shown = Views.Base(input);
            return Views.IsLeaf(shown) || Views.IsNumber(shown) || ofLeaves[shown.Id];
        }
    }

    private void Place(Node node)
    {
        if (_home[node.Id] != None)
        {
            return;
        }

        if (node.Op.Placement is { } placement)
        {
            Anchor(node, Twin(node) ?? Open(node, placement.Skeleton, node.Shape, ImmutableArray<int>.Empty));
        }
        else if (node.Op.ReducedAxes.Length > 0)
        {
            if (Twin(node) is { } kernel)
            {
                Anchor(node, kernel);
            }
            else
            {
                Reduce(node, node.Op.ReducedAxes);
            }
        }
        else if (node.Op is PointwiseOp)
        {
            Join(node);
        }
    }

    private void Anchor(Node node, FusedKernel kernel)
    {
        kernel.Anchors.Add(node);
        _home[node.Id] = kernel.Index;
        _sweeps[node.Id] = SweepsBefore(node, kernel) + 1;
        if (!_readers.TryGetValue(node.Inputs[0], out List<FusedKernel>? readers))
        {
            _readers[node.Inputs[0]] = readers = new List<FusedKernel>();
        }

        readers.Add(kernel);
    }

    /// <summary>The kernel whose pass computes this too: a maximum and its position come from one pass, mean and
    /// variance, too.</summary>
    private FusedKernel? Twin(Node node)
    {
        FusedKernel? first = null;
        if (_readers.TryGetValue(node.Inputs[0], out List<FusedKernel>? readers))
        {
            foreach (FusedKernel kernel in readers)
            {
                if (kernel.IsReplay == node.IsReplay && (first is null || kernel.Index < first.Index)
                    && kernel.Anchors.Any(a => a.Op.SharesPassWith(node.Op) && a.Inputs.SequenceEqual(node.Inputs)))
                {
                    first = kernel;
                }
            }
        }

        return first;
    }

    private void Reduce(Node node, ImmutableArray<int> axes)
    {
        ImmutableArray<Size> domain = node.Inputs[0].Shape;
        bool row = axes.Contains(PhysicalOrder.Of(domain.Length).Last());
        Skeleton skeleton = row ? Skeleton.Row : Skeleton.Reduce;
        int latest = LatestProducer(node);
        FusedKernel? open = _apart.Contains(node) ? null : _kernels.Skip(latest).LastOrDefault(k =>
            k.Skeleton == skeleton && k.IsReplay == node.IsReplay
            && GraphLists.SameShape(k.Shape, domain) && k.Reduced.SequenceEqual(axes)
            && (row ? ViewsFit(node, k) && SweepsBefore(node, k) < MostSweeps : k.Index > latest)
            && k.StateWidth + node.Op.StateWidth <= MostValues);
        Anchor(node, open ?? Open(node, skeleton, domain, axes));
    }

    /// <summary>Equal to the values of the runtime's <c>State</c>.</summary>
    private const int MostValues = 6;

    /// <summary>So many sweeps over a row does the host run.</summary>
    private const int MostSweeps = 4;

    private int SweepsBefore(Node node, FusedKernel kernel)
    {
        int sweeps = 0;
        foreach (Node input in node.Inputs)
        {
            Node value = Views.Base(input);
            if (IsHome(value, kernel))
            {
                sweeps = Math.Max(sweeps, _sweeps[value.Id]);
            }
        }

        return sweeps;
    }

    private void Join(Node node)
    {
        int latest = LatestProducer(node);
        string? obstacle = latest < 0 ? "it is made of inputs only"
            : node.IsReplay && !_kernels[latest].IsReplay ? "it is computed again for the backward pass"
            : _apart.Contains(node) ? "its kernel would name too many buffers"
            : Obstacle(node, _kernels[latest]);
        if (obstacle is null)
        {
            _home[node.Id] = latest;
            _sweeps[node.Id] = SweepsBefore(node, _kernels[latest]);
            return;
        }

        if (latest < 0 && !_forced[node.Id])
        {
            return;
        }

        _reasons[node] = obstacle;
        FusedKernel map = Open(node, Skeleton.Map, node.Shape, ImmutableArray<int>.Empty);
        _home[node.Id] = map.Index;
    }

    private string? Obstacle(Node node, FusedKernel kernel)
    {
        bool perElement = node.SameShape(kernel.Shape);
        bool perRow = node.SameShape(kernel.KeptShape);
        return kernel.Skeleton switch
        {
            Skeleton.Row => !perElement && !perRow ? "its shape is neither an element's nor a row's"
                : perElement && SweepsBefore(node, kernel) == MostSweeps ? "it would need another sweep"
                : ViewsFit(node, kernel) ? null : "it sees a row's result through a view",
            Skeleton.Reduce => !perRow ? "its shape is not the reduction's" : Direct(node, kernel),
            Skeleton.ConvolveWeights or Skeleton.LocalConvolveWeights =>
                "a weight gradient's sums have no epilogue yet",
            Skeleton.ScatterRows => "the sums of scattered rows have no epilogue",
            Skeleton.Attend or Skeleton.AttendGradient => "attention has no epilogue",
            Skeleton.ClassLogits or Skeleton.ClassLogitsGradient => "a loss over classes has no epilogue",
            Skeleton.Memory => "what is remembered has no epilogue",
            Skeleton.OuterScan or Skeleton.DecayScan or Skeleton.DiagonalScan or Skeleton.SelectiveScan
                or Skeleton.LowRankScan or Skeleton.HippoScan or Skeleton.LinearScan
                or Skeleton.DeltaScan or Skeleton.CumulativeSum => "a scan has no epilogue",
            Skeleton.Spectral => "a transform has no epilogue",
            Skeleton.Collective => "what ranks tell each other has no epilogue",
            Skeleton.Order or Skeleton.Chunk => "what only moves rows has no epilogue",
            _ => !perElement ? "its shape is not the domain's" : Direct(node, kernel),
        };
    }

    /// <summary>Inside a kernel a result is a register: it cannot be seen transposed, reshaped or broadcast.</summary>
    private string? Direct(Node node, FusedKernel kernel) =>
        node.Inputs.Any(i => i != Views.Base(i) && IsHome(Views.Base(i), kernel))
            ? "it sees the producer through a view"
        : node.Inputs.Any(i => Views.Base(i).Op is JoinOp && Home(Views.Base(i)) == kernel.Index)
            ? "it sees the producer in a join"
        : null;

    /// <summary>In a row a per-row result may be broadcast along the reduced axes, and nothing else.</summary>
    private bool ViewsFit(Node node, FusedKernel kernel) => node.Inputs.All(i =>
        Views.Base(i).Op is JoinOp ? Home(Views.Base(i)) < kernel.Index
        : i == Views.Base(i) || !IsHome(Views.Base(i), kernel)
        || (i.Op is BroadcastOp broadcast && broadcast.Axes.SequenceEqual(kernel.Kept) && i.Inputs[0] == Views.Base(i)
            && i.SameShape(kernel.Shape)));

    private int LatestProducer(Node node)
    {
        int latest = None;
        foreach (Node input in node.Inputs)
        {
            latest = Math.Max(latest, Home(Views.Base(input)));
        }

        return latest;
    }

    /// <summary>The kernel after which a value is there: its own, or the last one of what a join holds; -1 for
    /// inputs.</summary>
    private int Home(Node node) => node.Op is JoinOp ? LatestProducer(node) : _home[node.Id];
}
