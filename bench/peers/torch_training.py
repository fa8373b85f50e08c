"""PyTorch's side of the training rows: the presets' networks and optimisers, and their updates, plain, by torch.compile,
or as CUDA graphs. Images are NCHW and filters OIHW here; they come and go as NHWC and HWIO. torch_side.py uses it."""
import torch
import torch.nn.functional as F

TO_CHANNELS_FIRST, TO_CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)
FILTER = (3, 2, 0, 1)  # (kh, kw, in, out) to (out, in, kh, kw); a transposed one's (kh, kw, out, in) to (in, out, kh, kw)
FILTER_BACK = (2, 3, 1, 0)
# Images between dense layers and convolutions, by their size: features go by channel first here, last in the bench.
IMAGES = {3136: (7, 7, 64), 6272: (7, 7, 128), 4096: (4, 4, 256)}


def permuted(x, order):
    return x if order is None else x.permute(order).contiguous()


def laid_out(x, back=False):
    """A tensor of the networks in our layout, or back in the bench's."""
    if x.dim() == 4:
        return permuted(x, FILTER_BACK if back else FILTER)
    for axis, size in enumerate(x.shape):
        if size in IMAGES:
            height, width, channels = IMAGES[size]
            image, order = ((channels, height, width), (0, 2, 3, 1, 4)) if back else ((height, width, channels), (0, 3, 1, 2, 4))
            return permuted(x.reshape(x.shape[:axis].numel(), *image, -1), order).reshape(x.shape)
    return x


class RMSprop:
    """All weights at once, as torch.optim's foreach form does it, with epsilon outside of the root as there, or inside."""

    def __init__(self, weights, slots, decay, epsilon, inside, clipped=()):
        self.weights, self.clipped, self.slots = weights, clipped, slots
        self.decay, self.epsilon, self.inside = decay, epsilon, inside

    def tensors(self):
        return self.slots

    @torch.no_grad()
    def step(self, gradients):
        torch._foreach_mul_(self.slots, self.decay)
        torch._foreach_addcmul_(self.slots, gradients, gradients, 1 - self.decay)
        if self.inside:
            roots = torch._foreach_add(self.slots, self.epsilon)
            torch._foreach_sqrt_(roots)
        else:
            roots = torch._foreach_sqrt(self.slots)
            torch._foreach_add_(roots, self.epsilon)
        torch._foreach_addcdiv_(self.weights, gradients, roots, -5e-5)
        for weight in self.clipped:
            weight.clamp_(-0.01, 0.01)


class Adam:
    """torch.optim's, going on from slots and a number of steps."""

    def __init__(self, weights, first, second, steps):
        self.weights = weights
        on_gpu = weights[0].is_cuda
        self.optimizer = torch.optim.Adam(weights, lr=1e-4, betas=(0.5, 0.9), foreach=True, capturable=on_gpu)
        for weight, m, v in zip(weights, first, second):
            step = torch.tensor(float(steps), device=weight.device if on_gpu else "cpu")
            self.optimizer.state[weight] = {"step": step, "exp_avg": m, "exp_avg_sq": v}

    def tensors(self):
        return [each for state in self.optimizer.state.values() for each in state.values()]

    def step(self, gradients):
        for weight, gradient in zip(self.weights, gradients):
            weight.grad = gradient
        self.optimizer.step()


class ConvNetworks:
    """The tutorial's networks, with Keras's batch norm there, and with PyTorch's in wgan."""

    def __init__(self, state, epsilon, momentum):
        self.state, self.epsilon, self.momentum = state, epsilon, momentum

    def norm(self, x, layer, training=True):
        s = self.state
        mean, variance = s[layer + ".runningMean"], s[layer + ".runningVariance"]
        affine = s[layer + ".gamma"], s[layer + ".beta"]
        return F.leaky_relu(F.batch_norm(x, mean, variance, *affine, training, self.momentum, self.epsilon), 0.2)

    def conv(self, x, layer, stride):
        w = self.state[layer + ".weight"]
        return F.conv2d(x, w, self.state[layer + ".bias"], stride, (w.shape[2] - stride) // 2)

    def conv_transpose(self, x, layer):
        return F.conv_transpose2d(x, self.state[layer + ".weight"], self.state[layer + ".bias"], 2, 1)

    def dense(self, x, layer):
        return torch.addmm(self.state[layer + ".bias"], x, self.state[layer + ".weight"])

    def critic(self, images):
        a = self.norm(self.conv(images, "critic.0", 2), "critic.1")
        b = self.norm(self.conv(a, "critic.2", 2), "critic.3")
        return self.dense(b.flatten(1), "critic.5")

    def generator(self, latents, training):
        a = F.leaky_relu(self.dense(latents, "generator.0"), 0.2).reshape(-1, 128, 7, 7)
        b = self.norm(self.conv_transpose(a, "generator.3"), "generator.4", training)
        c = self.norm(self.conv_transpose(b, "generator.5"), "generator.6", training)
        return torch.tanh(self.conv(c, "generator.7", 1))


class DoublingNetworks:
    """wgan-gp's: 5x5 of stride 2 under Keras's "same", whose odd pixel of padding is below and right; no norm."""

    def __init__(self, state):
        self.state = state

    def conv(self, x, layer):
        before, after = (2, 2) if x.shape[2] % 2 else (1, 2)  # 7 to 4 needs 4 pixels, 28 to 14 and 14 to 7 need 3
        x = F.pad(x, (before, after, before, after))
        return F.leaky_relu(F.conv2d(x, self.state[layer + ".weight"], self.state[layer + ".bias"], 2), 0.2)

    def conv_transpose(self, x, layer, size):
        y = F.conv_transpose2d(x, self.state[layer + ".weight"], self.state[layer + ".bias"], 2)
        return y[:, :, 1 : size + 1, 1 : size + 1]

    def dense(self, x, layer):
        return torch.addmm(self.state[layer + ".bias"], x, self.state[layer + ".weight"])

    def critic(self, images):
        features = self.conv(self.conv(self.conv(images, "critic.0"), "critic.2"), "critic.4")
        return self.dense(features.flatten(1), "critic.7")

    def generator(self, latents, training):
        a = F.relu(self.dense(latents, "generator.0")).reshape(-1, 256, 4, 4)
        b = F.relu(self.conv_transpose(a, "generator.3", 7))
        c = F.relu(self.conv_transpose(b, "generator.5", 14))
        return torch.sigmoid(self.conv_transpose(c, "generator.7", 28))


class Graphed:
    """A function of tensors as a CUDA graph, captured at its first call. The run before that, which lets cuDNN choose its
    kernels, leaves `tensors`, those that the function changes, as they were."""

    def __init__(self, function, tensors):
        self.function, self.tensors, self.graph = function, tensors, None

    def capture(self, inputs):
        self.inputs = [each.clone() for each in inputs]
        kept = [each.detach().clone() for each in self.tensors]
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                self.function(*self.inputs)
        torch.cuda.current_stream().wait_stream(stream)
        with torch.no_grad():
            for each, before in zip(self.tensors, kept):
                each.copy_(before)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.result = self.function(*self.inputs)

    def __call__(self, *inputs):
        if self.graph is None:
            self.capture(inputs)
        for own, given in zip(self.inputs, inputs):
            own.copy_(given)
        self.graph.replay()
        # The next replay overwrites the result itself.
        return [each.clone() for each in self.result] if isinstance(self.result, list) else self.result.clone()


class Training:
    def __init__(self, variant, preset, names, arrays, slots, steps):
        self.variant, self.graphs = variant, {}
        self.state = {name: laid_out(x) for name, x in zip(names, arrays)}
        trained = [name for name in names if "running" not in name]
        for name in trained:
            self.state[name].requires_grad_()
        critic = [name for name in trained if name.startswith("critic.")]
        generator = [name for name in trained if name.startswith("generator.")]
        kernels = [name for name in critic if self.state[name].dim() == 4]
        if preset == "tutorial":  # on Keras 2 its freezing leaves the critic's batch norms free
            generator += [name for name in critic if "gamma" in name or "beta" in name]
        self.critic_weights = [self.state[name] for name in critic]
        self.kernels = [self.state[name] for name in kernels]

        def given(name, which):
            found = slots.get(f"{name}.{which}")
            return torch.zeros_like(self.state[name]) if found is None else laid_out(found)

        def optimizer(names, network, clipped):
            weights, clipped = [self.state[name] for name in names], [self.state[name] for name in clipped]
            first = [given(name, 0).detach() for name in names]
            if preset == "wgan-gp":
                return Adam(weights, first, [given(name, 1).detach() for name in names], steps[network])
            if preset == "wgan":
                return RMSprop(weights, first, 0.99, 1e-8, False, clipped)
            return RMSprop(weights, first, 0.9, 1e-7, True, clipped)

        self.critic_optimizer = optimizer(critic, "critic", {"tutorial": kernels, "wgan": critic, "wgan-gp": []}[preset])
        self.generator_optimizer = optimizer(generator, "generator", [])
        if preset == "wgan-gp":
            networks = DoublingNetworks(self.state)
        else:
            networks = ConvNetworks(self.state, *((1e-3, 0.01) if preset == "tutorial" else (1e-5, 0.1)))
        self.judge, self.generate = networks.critic, networks.generator
        if variant == "torch-compile":
            self.judge, self.generate = torch.compile(self.judge), torch.compile(self.generate)
        self.alone = None

    def call(self, name, function, inputs):
        if self.variant != "torch-graphs":
            return function(*inputs)
        if name not in self.graphs:
            changed = [*self.state.values(), *self.critic_optimizer.tensors(), *self.generator_optimizer.tensors()]
            if self.alone is not None:
                changed += self.alone[0].tensors()
            self.graphs[name] = Graphed(function, changed)
        return self.graphs[name](*inputs)

    def score(self, images):
        return self.judge(images).mean()

    def update(self, optimizer, loss):
        optimizer.step(torch.autograd.grad(loss, optimizer.weights))
        return loss.detach()

    def critic(self, inputs, label):
        def one(images):
            return self.update(self.critic_optimizer, self.score(images) * label)

        return self.call(f"critic {label}", one, inputs)

    def penalty(self, images, fakes, epsilon):
        between = (images * epsilon + fakes * (1 - epsilon)).requires_grad_()
        (slope,) = torch.autograd.grad(self.judge(between).sum(), between, create_graph=True)
        return ((slope.square().sum((1, 2, 3)) + 1e-12).sqrt() - 1).square().mean()

    def both(self, inputs):
        def one(images, latents, *epsilon):
            with torch.no_grad():
                fakes = self.generate(latents, True)
            loss = -self.score(images) + self.score(fakes)
            if epsilon:
                loss = loss + 10 * self.penalty(images, fakes, *epsilon)
            return self.update(self.critic_optimizer, loss)

        return self.call("both", one, inputs)

    def fakes(self, inputs):
        @torch.no_grad()
        def one(latents):
            return self.generate(latents, False)

        return self.call("fakes", one, inputs)

    def generator(self, inputs):
        def one(latents):
            return self.update(self.generator_optimizer, -self.score(self.generate(latents, True)))

        return self.call("generator", one, inputs)

    def rmsprop(self):
        if self.alone is None:
            gradients = [each.detach().clone() for each in self.critic_weights]
            slots = [torch.zeros_like(each) for each in gradients]
            self.alone = RMSprop(self.critic_weights, slots, 0.9, 1e-7, True, self.kernels), gradients
        optimizer, gradients = self.alone

        def one():
            optimizer.step(gradients)
            return []

        self.call("rmsprop", one, [])

    @torch.no_grad()
    def load(self, names, arrays):
        for name, x in zip(names, arrays):
            self.state[name].copy_(laid_out(x))
