"""PyTorch's side of the bench: reads orders from stdin, as lines of JSON with the numbers of arrays behind them, and
answers those that ask for something. Images come as NHWC and filters as HWIO; here they are NCHW and OIHW."""
import json
import sys

import torch
import torch.nn.functional as F

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
THREADS = int(sys.argv[1])
torch.set_num_threads(THREADS)
# f32 as the other sides compute it, and the fastest algorithms for it.
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.backends.cudnn.benchmark = True

TO_CHANNELS_FIRST, TO_CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)
FILTER = (3, 2, 0, 1)  # (kh, kw, in, out) to (out, in, kh, kw); a transposed one's (kh, kw, out, in) to (in, out, kh, kw)
FILTER_BACK = (2, 3, 1, 0)


def permuted(x, order):
    return x if order is None else x.permute(order).contiguous()


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


# The tutorial's networks and updates.

# Between the dense layers and the images, features go by channel first here, and last in the bench: the shape there and
# the axes' order to here, then the same from here.
AS_IMAGES = {
    "critic.5.weight": (((7, 7, 64, 1), (2, 0, 1, 3)), ((64, 7, 7, 1), (1, 2, 0, 3))),
    "generator.0.weight": (((50, 7, 7, 128), (0, 3, 1, 2)), ((50, 128, 7, 7), (0, 2, 3, 1))),
    "generator.0.bias": (((7, 7, 128), (2, 0, 1)), ((128, 7, 7), (1, 2, 0))),
}


def laid_out(name, x, back):
    """A tensor of the networks in our layout, or back in the bench's."""
    if x.dim() == 4:
        return permuted(x, FILTER_BACK if back else FILTER)
    if name not in AS_IMAGES:
        return x
    shape, order = AS_IMAGES[name][back]
    return permuted(x.reshape(shape), order).reshape(x.shape)


class RMSprop:
    """Keras's form: epsilon stands inside of the root. All weights at once, as torch.optim's foreach form does it."""

    def __init__(self, weights, clipped):
        self.weights, self.clipped = weights, clipped
        self.slots = [torch.zeros_like(each) for each in weights]

    @torch.no_grad()
    def step(self, gradients):
        torch._foreach_mul_(self.slots, 0.9)
        torch._foreach_addcmul_(self.slots, gradients, gradients, 0.1)
        roots = torch._foreach_add(self.slots, 1e-7)
        torch._foreach_sqrt_(roots)
        torch._foreach_addcdiv_(self.weights, gradients, roots, -5e-5)
        for weight in self.clipped:
            weight.clamp_(-0.01, 0.01)


class Training:
    def __init__(self, names, arrays):
        self.state = {name: laid_out(name, x, False) for name, x in zip(names, arrays)}
        trained = [name for name in names if "running" not in name]
        for name in trained:
            self.state[name].requires_grad_()
        critic = [name for name in trained if name.startswith("critic.")]
        # As on Keras 2, where the tutorial's freezing leaves the critic's batch norms free.
        generator = [name for name in trained if name.startswith("generator.") or "gamma" in name or "beta" in name]
        self.kernels = [self.state[name] for name in critic if self.state[name].dim() == 4]
        self.critic_weights = [self.state[name] for name in critic]
        self.critic_optimizer = RMSprop(self.critic_weights, self.kernels)
        self.generator_optimizer = RMSprop([self.state[name] for name in generator], [])
        self.alone = None

    def norm(self, x, layer, training=True):
        s = self.state
        mean, variance = s[layer + ".runningMean"], s[layer + ".runningVariance"]
        y = F.batch_norm(x, mean, variance, s[layer + ".gamma"], s[layer + ".beta"], training, 0.01, 1e-3)
        return F.leaky_relu(y, 0.2)

    def conv(self, x, layer, stride):
        w = self.state[layer + ".weight"]
        return F.conv2d(x, w, self.state[layer + ".bias"], stride, (w.shape[2] - stride) // 2)

    def conv_transpose(self, x, layer):
        return F.conv_transpose2d(x, self.state[layer + ".weight"], self.state[layer + ".bias"], 2, 1)

    def dense(self, x, layer):
        return torch.addmm(self.state[layer + ".bias"], x, self.state[layer + ".weight"])

    def score(self, images):
        a = self.norm(self.conv(images, "critic.0", 2), "critic.1")
        b = self.norm(self.conv(a, "critic.2", 2), "critic.3")
        return self.dense(b.flatten(1), "critic.5").mean()

    def generate(self, latents, training):
        a = F.leaky_relu(self.dense(latents, "generator.0"), 0.2).reshape(-1, 128, 7, 7)
        b = self.norm(self.conv_transpose(a, "generator.3"), "generator.4", training)
        c = self.norm(self.conv_transpose(b, "generator.5"), "generator.6", training)
        return torch.tanh(self.conv(c, "generator.7", 1))

    def update(self, optimizer, loss):
        optimizer.step(torch.autograd.grad(loss, optimizer.weights))
        return loss.detach()

    def critic(self, images, label):
        return self.update(self.critic_optimizer, self.score(images) * label)

    @torch.no_grad()
    def fakes(self, latents):
        return self.generate(latents, False)

    def generator(self, latents):
        return self.update(self.generator_optimizer, -self.score(self.generate(latents, True)))

    def rmsprop(self):
        if self.alone is None:
            gradients = [each.detach().clone() for each in self.critic_weights]
            self.alone = RMSprop(self.critic_weights, self.kernels), gradients
        optimizer, gradients = self.alone
        optimizer.step(gradients)


def describe():
    where = f"{torch.get_num_threads()} threads"
    if device.type == "cuda":
        where = f"{torch.cuda.get_device_name()}, CUDA {torch.version.cuda}, TF32 off"
    else:
        parts = torch.__config__.show()
        where += ", " + ", ".join(name for name in ("MKL-DNN", "OpenBLAS", "MKL") if f"USE_{name}=" in parts or name in parts)
    return f"{torch.__version__}, {device.type}, {where}"


cases, trainings, values = {}, {}, {}
failure = None


def obey(order, arrays):
    do = order["do"]
    if do == "prepare":
        run, orders = operation(order["work"], arrays)
        cases[order["id"]] = {"run": run, "orders": orders, "latest": []}
    elif do == "run":
        case = cases[order["id"]]
        case["latest"] = None
        case["latest"] = case["run"]()
    elif do == "train":
        trainings[order["id"]] = Training(order["names"], arrays)
    elif do == "upload":
        x = arrays[0]
        values[order["to"]] = permuted(x, TO_CHANNELS_FIRST) if x.dim() == 4 else x
    elif do in ("critic", "fakes", "generator"):
        arguments = [values[order["x"]]] + ([order["label"]] if do == "critic" else [])
        values[order["to"]] = getattr(trainings[order["id"]], do)(*arguments)
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
        return {"arrays": [laid_out(name, x, True) for name, x in state.items()], "names": list(state)}
    return None


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
