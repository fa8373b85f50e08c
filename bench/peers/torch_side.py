"""PyTorch's side of the bench: reads orders from stdin, as lines of JSON with the numbers of arrays behind them, and
answers those that ask for something. Images come as NHWC and filters as HWIO; here they are NCHW and OIHW. It runs behind
torch_training.py, as one script with that."""
import json
import sys

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
VARIANT = sys.argv[2]
torch.set_num_threads(int(sys.argv[1]))
# f32 as the other sides compute it, and the fastest algorithms for it.
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.backends.cudnn.benchmark = True

def receive(shapes):
    arrays = []
    for shape in shapes:
        size = 1
        for n in shape:
            size *= n
        data = bytearray(stdin.read(4 * size)) if size else bytearray()
        flat = torch.frombuffer(data, dtype=torch.float32) if size else torch.empty(0)
        arrays.append(flat.reshape(shape).to(device))
    return arrays


def answer(arrays=(), **fields):
    arrays = [each.detach().float().cpu().contiguous() for each in arrays]
    head = {**fields, "shapes": [list(each.shape) for each in arrays]}
    stdout.write((json.dumps(head) + "\n").encode())
    for each in arrays:
        stdout.write(each.numpy().tobytes())
    stdout.flush()


def synchronize():
    if device.type == "cuda":
        torch.cuda.synchronize()


# Pieces of work: each gives a function to run, and the orders that bring its results into the bench's layouts.


def convolution(work, x, w, dy):
    stride, kernel = work["stride"], work["w"][0]
    padding = (kernel - stride) // 2  # Keras's "same", with the sizes that occur here
    x, w, dy = permuted(x, TO_CHANNELS_FIRST), permuted(w, FILTER), permuted(dy, TO_CHANNELS_FIRST)
    if work["pass"] == "forward":
        return lambda: [F.conv2d(x, w, stride=stride, padding=padding)], [TO_CHANNELS_LAST]
    wanted = {"input-gradient": [0], "filter-gradient": [1], "both": [0, 1]}[work["pass"]]
    mask = [0 in wanted, 1 in wanted, False]

    def gradients():
        arguments = ([stride, stride], [padding, padding], [1, 1], False, [0, 0], 1, mask)
        both = torch.ops.aten.convolution_backward(dy, x, w, None, *arguments)
        return [both[i] for i in wanted]

    return gradients, [[TO_CHANNELS_LAST, FILTER_BACK][i] for i in wanted]


def normalization(work, x, gamma, beta, dy):
    x, dy = permuted(x, TO_CHANNELS_FIRST), permuted(dy, TO_CHANNELS_FIRST)
    if work["pass"] == "forward":

        def forward():
            y, mean, rstd = torch.native_batch_norm(x, gamma, beta, None, None, True, 0.0, 1e-3)
            return [y, mean, rstd.pow(-2) - 1e-3]

        return forward, [TO_CHANNELS_LAST, None, None]
    leaves = [each.requires_grad_() for each in (x, gamma, beta)]

    def both():
        y = F.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-3)
        return [y, *torch.autograd.grad(y, leaves, dy)]

    return both, [TO_CHANNELS_LAST, TO_CHANNELS_LAST, None, None]


def operation(work, arrays):
    kind = work["kind"]
    if kind == "conv":
        return convolution(work, *arrays)
    if kind == "batch-norm":
        return normalization(work, *arrays)
    if kind == "matmul":
        a, b = arrays
        a = a.t() if work.get("transposeA") else a
        b = b.t() if work.get("transposeB") else b
        return lambda: [torch.matmul(a, b)], [None]
    x = arrays[0]
    run = {
        "add": lambda: [x + arrays[1]],
        "leaky-relu": lambda: [F.leaky_relu(x, 0.2)],
        "tanh": lambda: [torch.tanh(x)],
        "sum": lambda: [x.sum()],
        "column-sums": lambda: [x.sum(0)],
    }[work["op"]]
    return run, [None]


def blas():
    """The library that products run in, as far as it can be told."""
    if torch.backends.mkl.is_available():
        return "MKL"
    try:
        with open("/proc/self/maps") as maps:
            files = {line.split()[-1] for line in maps if "blas" in line.split("/")[-1]}
    except OSError:
        files = set()
    # Debian's libblas.so.3 is whatever its alternatives name: the file itself tells.
    return " and ".join(sorted(each.split("/")[-1] for each in files)) or "an unnamed BLAS"


def describe():
    if device.type == "cuda":
        where = f"{torch.cuda.get_device_name()}, CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}, TF32 off"
    else:
        onednn = ", oneDNN" if torch.backends.mkldnn.is_available() else ""
        where = f"{torch.get_num_threads()} threads, {blas()}{onednn}"
    return f"{torch.__version__}, {device.type}, {where}"


def unavailable():
    """Why this variant can't be had here, or None."""
    if VARIANT == "torch-compile" and not hasattr(torch, "compile"):
        return f"torch.compile comes with PyTorch 2, this is {torch.__version__}"
    if VARIANT == "torch-graphs" and device.type != "cuda":
        return "CUDA graphs need CUDA, which torch does not find here"
    return None


cases, trainings, values = {}, {}, {}
failure = None


def obey(order, arrays):
    do = order["do"]
    if do == "prepare":
        run, orders = operation(order["work"], arrays)
        if VARIANT == "torch-compile":
            run = torch.compile(run)
        elif VARIANT == "torch-graphs":
            run = Graphed(run, [])
        cases[order["id"]] = {"run": run, "orders": orders, "latest": []}
    elif do == "run":
        case = cases[order["id"]]
        case["latest"] = None
        case["latest"] = case["run"]()
    elif do == "train":
        names = order["names"]
        slots = dict(zip(order["slotNames"], arrays[len(names) :]))
        trainings[order["id"]] = Training(VARIANT, order["preset"], names, arrays[: len(names)], slots, order["steps"])
    elif do == "upload":
        x = arrays[0]
        values[order["to"]] = permuted(x, TO_CHANNELS_FIRST) if x.dim() == 4 else x
    elif do in ("critic", "both", "fakes", "generator"):
        arguments = [[values[each] for each in order["inputs"]]] + ([order["label"]] if do == "critic" else [])
        values[order["to"]] = getattr(trainings[order["id"]], do)(*arguments)
    elif do == "load":
        trainings[order["id"]].load(order["names"], arrays)
    elif do == "rmsprop":
        trainings[order["id"]].rmsprop()
    elif do == "free":
        for among in (values, trainings, cases):
            among.pop(order["id"], None)


def asked(order):
    do = order["do"]
    if do == "finish":
        synchronize()
        return {}
    if do == "read":
        case = cases[order["id"]]
        return {"arrays": [permuted(x, back) for x, back in zip(case["latest"], case["orders"])]}
    if do == "scalar":
        return {"arrays": [values[order["id"]]]}
    if do == "state":
        state = trainings[order["id"]].state
        return {"arrays": [laid_out(x, True) for x in state.values()], "names": list(state)}
    return None


if unavailable():
    answer(error=unavailable())
    sys.exit(1)
answer(says=describe())
while True:
    line = stdin.readline()
    if not line:
        break
    order = json.loads(line)
    arrays = receive(order.get("shapes", []))
    asks = order.get("asks", False)
    try:
        if failure is None:
            if asks:
                found = asked(order)
            else:
                obey(order, arrays)
    except Exception as error:  # told by the next answer
        failure = f"{type(error).__name__}: {error}"
    if asks:
        if failure is not None:
            answer(error=failure.split("\n")[0])
            failure = None
        else:
            answer(**found)
